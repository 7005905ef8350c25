import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

describe('DescribeTransactions', () => {
  test('an id from its first epoch to its end', async () => {
    const topic = await cluster().topic({ partitions: 2 });
    const producer = await Transactional.ready(cluster());
    const { producerId } = producer;
    const known = { error: 'NONE', producerId, transactionTimeoutMs: 60_000 };
    const empty = { transactionState: 'Empty', transactionStartTimeMs: -1, topics: [] };
    expect(await producer.describe()).toMatchObject({ ...known, ...empty, producerEpoch: 0 });
    await producer.write(topic, ['a'], 0);
    await producer.write(topic, ['a'], 1);
    const ongoing = await producer.describe();
    expect(ongoing).toMatchObject({ ...known, transactionState: 'Ongoing', producerEpoch: 0 });
    expect(ongoing.transactionStartTimeMs).toBeGreaterThan(0);
    expect(ongoing.topics.map((one) => [...one.partitions].sort())).toEqual([[0, 1]]);
    await producer.ended(true);
    const done = { transactionState: 'CompleteCommit', topics: [], producerEpoch: 1 };
    expect(await producer.describe()).toMatchObject({ ...known, ...done });
  });

  test('an id that is not known, and none', async () => {
    const producer = await Transactional.make(cluster());
    expect(await producer.describe()).toMatchObject({
      ...{ error: 'TRANSACTIONAL_ID_NOT_FOUND', transactionalId: producer.id },
      ...{ transactionState: '', producerId: 0, producerEpoch: 0, topics: [] },
    });
    const reply = await cluster().request(apis.DescribeTransactions, 0, { transactionalIds: [''] });
    expect(errorName(reply.transactionStates[0]!.errorCode)).toBe('INVALID_REQUEST');
  });
});

describe('ListTransactions', () => {
  async function list(producer: Transactional, filters: object, version = 2) {
    const { coordinator } = producer;
    const reply = await cluster().request(apis.ListTransactions, version, filters, coordinator);
    const own = reply.transactionStates.filter((one) => one.transactionalId === producer.id);
    return { error: errorName(reply.errorCode), own, unknown: reply.unknownStateFilters };
  }

  test.each([0, 1, 2])('version %d: by state and by producer id', async (version) => {
    const producer = await Transactional.ready(cluster());
    const { producerId, id } = producer;
    const found = [{ transactionalId: id, producerId, transactionState: 'Empty' }];
    expect((await list(producer, {}, version)).own).toEqual(found);
    expect((await list(producer, { stateFilters: ['Empty'] }, version)).own).toEqual(found);
    expect((await list(producer, { stateFilters: ['Ongoing'] }, version)).own).toEqual([]);
    const mine = { producerIdFilters: [producerId] };
    expect((await list(producer, mine, version)).own).toEqual(found);
    const other = { producerIdFilters: [producerId + 1_000_000] };
    expect((await list(producer, other, version)).own).toEqual([]);
    const odd = await list(producer, { stateFilters: ['Odd'] }, version);
    expect(odd).toEqual({ error: 'NONE', own: [], unknown: ['Odd'] });
  });

  test('by duration', async () => {
    const topic = await cluster().topic();
    const producer = await Transactional.ready(cluster());
    await producer.write(topic, ['a']);
    const filter = { stateFilters: ['Ongoing'], durationFilter: 3_600_000 };
    expect((await list(producer, filter)).own).toEqual([]);
  });

  test('by a regular expression, which stands for the whole id', async () => {
    const producer = await Transactional.ready(cluster());
    const by = (transactionalIdPattern: string) => list(producer, { transactionalIdPattern });
    expect((await by('txn-.*')).own).toHaveLength(1);
    expect((await by('txn')).own).toHaveLength(0);
    expect((await by('')).own).toHaveLength(1);
    expect((await by('[')).error).toBe('INVALID_REGULAR_EXPRESSION');
  });
});

describe('DescribeProducers', () => {
  async function producers(topic: { name: string; leader(): Promise<number> }, name = topic.name) {
    const body = { topics: [{ name, partitionIndexes: [0] }] };
    const reply = await cluster().request(apis.DescribeProducers, 0, body, await topic.leader());
    const { errorCode, ...rest } = reply.topics[0]!.partitions[0]!;
    return { error: errorName(errorCode), ...rest };
  }

  test('who has written, and what is open', async () => {
    const topic = await cluster().topic();
    expect(await producers(topic)).toMatchObject({ error: 'NONE', activeProducers: [] });
    const producer = await Transactional.ready(cluster());
    const { producerId } = producer;
    await producer.write(topic, ['a', 'b']);
    const { activeProducers } = await producers(topic);
    const open = { producerEpoch: 0, lastSequence: 1, currentTxnStartOffset: 0 };
    expect(activeProducers).toMatchObject([{ producerId, ...open, coordinatorEpoch: -1 }]);
    await producer.ended(true);
    const ended = { producerEpoch: 1, lastSequence: -1, currentTxnStartOffset: -1 };
    const after = (await producers(topic)).activeProducers;
    expect(after).toMatchObject([{ producerId, ...ended }]);
    expect(after[0]!.coordinatorEpoch).toBeGreaterThanOrEqual(0);
  });

  test('a topic that is not there, and no name of one', async () => {
    const topic = await cluster().topic();
    expect(await producers(topic, 'unknown')).toMatchObject({
      ...{ error: 'UNKNOWN_TOPIC_OR_PARTITION', activeProducers: [] },
    });
    expect((await producers(topic, 'a b')).error).toBe('INVALID_TOPIC_EXCEPTION');
  });
});
