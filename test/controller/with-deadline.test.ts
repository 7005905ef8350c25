import { expect, test } from 'vitest';
import type { CallContext, CallResult } from '../../src/controller/controller-call.ts';
import { createPartitions } from '../../src/controller/create-partitions.ts';
import { createTopics } from '../../src/controller/create-topics.ts';
import { deleteTopics } from '../../src/controller/delete-topics.ts';
import { electLeaders } from '../../src/controller/elect-leaders.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';
import { brokers, clusterOf, contextOf, topic } from './make.ts';

const { REQUEST_TIMED_OUT } = ErrorCode;
const context = contextOf(clusterOf(...brokers(2), ...topic('t', [1, 2])));
const made = { name: 'new', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };

type Call = (context: CallContext, timeoutMs: number) => CallResult<object>;
const calls: [string, Call][] = [
  [
    'CreateTopics',
    (at, timeoutMs) => createTopics(at, { topics: [made], timeoutMs, validateOnly: false }),
  ],
  [
    'CreatePartitions',
    (at, timeoutMs) => {
      const topics = [{ name: 't', count: 2, assignments: null }];
      return createPartitions(at, { topics, timeoutMs, validateOnly: false });
    },
  ],
  [
    'DeleteTopics',
    (at, timeoutMs) => {
      const topics = [{ name: 't', topicId: ZERO_UUID }];
      return deleteTopics(at, { topics, topicNames: [], timeoutMs });
    },
  ],
];

test.each(calls)('%s with no time at all is too late, with any it is done', (_name, call) => {
  for (const timeoutMs of [0, -1]) {
    const { records, response } = call(context, timeoutMs);
    expect(records).toEqual([]);
    expect(JSON.stringify(response)).toContain(`"errorCode":${REQUEST_TIMED_OUT}`);
  }
  expect(call(context, 1).records).not.toEqual([]);
});

test('an election with no time at all is refused as a whole, and for each partition', () => {
  const topicPartitions = [{ topic: 't', partitions: [0, 9] }];
  const { records, response } = electLeaders(context, {
    ...{ electionType: 0, topicPartitions, timeoutMs: 0 },
  });
  expect(records).toEqual([]);
  const error = { errorCode: REQUEST_TIMED_OUT, errorMessage: null };
  expect(response).toMatchObject({
    errorCode: REQUEST_TIMED_OUT,
    replicaElectionResults: [
      {
        topic: 't',
        partitionResult: [
          { partitionId: 0, ...error },
          { partitionId: 9, ...error },
        ],
      },
    ],
  });
});
