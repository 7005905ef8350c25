import { MalformedFrame } from '../protocol/malformed-frame.ts';
import { Reader } from '../protocol/reader.ts';
import { array, string } from '../protocol/types.ts';

const topics = array(string).at({ number: 0, flexible: false });

/**
 * The topics in the metadata of a consumer, which begins the same at every version of it: version,
 * then topics. undefined: the bytes are something else.
 */
export function subscribedTopics(metadata: Uint8Array): readonly string[] | undefined {
  try {
    const reader = new Reader(metadata);
    reader.int16();
    return topics.read(reader);
  } catch (error) {
    if (error instanceof MalformedFrame) return undefined;
    throw error;
  }
}
