/** Who is at the other end of a connection, as the broker knows them. */
export interface Client {
  readonly connectionId: number;
  readonly host: string;
}

/**
 * Chunks of a response including its 4-byte size; or nothing at all (acks=0); or the end of the
 * connection.
 */
export type Outcome = readonly Uint8Array[] | 'no-reply' | 'close';

/**
 * What a connection talks to. A broker has one, whether its clients come over TCP or from a
 * recording.
 */
export interface Door {
  /**
   * Takes one frame, without its size. The frame is borrowed and valid only until this returns.
   * Calls `reply` exactly once, before returning or later. Throws `MalformedFrame` for bytes that
   * are no request; the connection must then close.
   */
  receive(frame: Buffer, client: Client, reply: (outcome: Outcome) => void): void;
  disconnected(client: Client): void;
}
