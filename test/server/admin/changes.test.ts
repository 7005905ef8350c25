import { expect, test } from 'vitest';
import { changesBetween } from '../../../src/server/admin/changes.ts';
import type { ClusterStatus, PartitionStatus } from '../../../src/server/cluster-status.ts';

const partition: PartitionStatus = {
  topic: 'orders',
  partition: 0,
  leader: 1,
  leaderEpoch: 0,
  isr: [1, 2],
  elr: [],
  adding: [],
  removing: [],
  highWatermark: 3,
  replicas: [],
};

const status: ClusterStatus = {
  clusterId: 'c',
  seed: 1,
  bootstrapServers: '',
  activeController: 3000,
  brokers: [],
  controllers: [],
  partitions: [partition],
  groups: [],
  links: [],
};

test('what a person would look at is compared, offsets are not', () => {
  const link = {
    from: 1,
    to: 2,
    plane: 'replication',
    latencyMs: 0,
    jitterMs: 0,
    loss: 0,
  } as const;
  const after: ClusterStatus = {
    ...status,
    activeController: null,
    partitions: [{ ...partition, leader: null, isr: [], elr: [1], highWatermark: 4 }],
    links: [{ ...link, cut: true }],
  };
  expect(changesBetween(status, status)).toEqual([]);
  expect(changesBetween(status, after)).toEqual([
    { what: 'active controller', was: '3000', now: 'none' },
    { what: 'orders-0 leader', was: '1', now: 'none' },
    { what: 'orders-0 isr', was: '1,2', now: 'none' },
    { what: 'orders-0 elr', was: 'none', now: '1' },
    { what: 'link 1 → 2 (replication)', was: 'healthy', now: 'cut' },
  ]);
});

test('what is gone and what is new have been or are none', () => {
  const without = { ...status, partitions: [] };
  const whats = changesBetween(status, without).map(({ what, now }) => `${what} ${now}`);
  expect(whats).toContain('orders-0 leader none');
  expect(changesBetween(without, status)).toContainEqual({
    what: 'orders-0 leader',
    was: 'none',
    now: '1',
  });
});
