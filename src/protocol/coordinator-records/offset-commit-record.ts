import { between, since, tagged } from '../struct.ts';
import { int32, int64, string, uuid, ZERO_UUID } from '../types.ts';
import { record } from './record-table.ts';

/** A committed offset. Only who asks for a retention time of its own still gets version 1. */
export const OffsetCommitRecord = record({
  number: 1,
  versions: [0, 4],
  flexible: 4,
  key: {
    group: string,
    topic: string,
    partition: int32,
  },
  value: {
    offset: int64,
    leaderEpoch: since(3, int32, -1),
    metadata: string,
    commitTimestamp: int64,
    expireTimestamp: between(1, 1, int64, -1),
    topicId: tagged(0, 4, uuid, ZERO_UUID),
  },
  writtenAt: ({ expireTimestamp }) => (expireTimestamp === -1 ? 4 : 1),
});
