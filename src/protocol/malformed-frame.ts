/**
 * Bytes from outside that are no message: a length beyond the frame, a null where none may be, an
 * API key or version that is not served. It closes the connection it came over, and nothing else.
 */
export class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame';
}
