import { MalformedFrame } from '../protocol/malformed-frame.ts';
import { Reader } from '../protocol/reader.ts';
import { since, struct } from '../protocol/struct.ts';
import type { Type } from '../protocol/type.ts';
import { array, bytes, int32, nullable, nullableString, string } from '../protocol/types.ts';
import { Writer } from '../protocol/writer.ts';

// What consumers say to each other in classic groups, which the coordinator has to understand when
// such a consumer is in a consumer group.

const topicPartitions = array({ topic: string, partitions: array(int32) });

const subscription = struct({
  topics: array(string),
  userData: nullable(bytes),
  ownedPartitions: since(1, topicPartitions, []),
  generationId: since(2, int32, -1),
  rackId: since(3, nullableString, null),
});

const assignment = struct({
  assignedPartitions: topicPartitions,
  userData: nullable(bytes),
});

export type Subscription = typeof subscription.zero;
type ConsumerAssignment = typeof assignment.zero;
export type NamedPartitions = Subscription['ownedPartitions'];

const highestVersion = 3;

/** undefined: the bytes are something else. */
export const readSubscription = (from: Uint8Array): Subscription | undefined =>
  read(subscription, from);

export const readAssignment = (from: Uint8Array): ConsumerAssignment | undefined =>
  read(assignment, from);

/** In the newest version. */
export function writeSubscription(value: Subscription): Uint8Array {
  const to = new Writer();
  to.int16(highestVersion);
  subscription.at({ number: highestVersion, flexible: false }).write(to, value);
  return Buffer.concat(to.finish());
}

/** For a member whose subscription is of this version. */
export function writeAssignment(
  assignedPartitions: NamedPartitions,
  subscribed: Uint8Array,
): Uint8Array {
  const version = subscribed.length < 2 ? 0 : new Reader(subscribed).int16();
  const to = new Writer();
  to.int16(Math.min(version, highestVersion));
  const codec = assignment.at({ number: 0, flexible: false });
  codec.write(to, { assignedPartitions, userData: null });
  return Buffer.concat(to.finish());
}

/** Of a version that is not known yet, the beginning is as in the last one that is. */
function read<T>(type: Type<T>, from: Uint8Array): T | undefined {
  try {
    const reader = new Reader(from);
    const number = Math.min(reader.int16(), highestVersion);
    if (number < 0) return undefined;
    return type.at({ number, flexible: false }).read(reader);
  } catch (error) {
    if (error instanceof MalformedFrame) return undefined;
    throw error;
  }
}
