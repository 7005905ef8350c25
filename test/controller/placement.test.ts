import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeReplicas } from '../../src/controller/placement.ts';
import { Random } from '../../src/simulation/random.ts';

const clusters = fc
  .record({
    brokers: fc.integer({ min: 1, max: 9 }),
    racks: fc.integer({ min: 1, max: 4 }),
    partitions: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(),
  })
  .chain((cluster) =>
    fc
      .integer({ min: 1, max: cluster.brokers })
      .map((replicationFactor) => ({ ...cluster, replicationFactor })),
  );

const placed = (cluster: typeof clusters extends fc.Arbitrary<infer T> ? T : never) => {
  const brokers = Array.from({ length: cluster.brokers }, (_, index) => ({
    brokerId: index + 1,
    rack: cluster.racks === 1 ? null : `rack-${index % cluster.racks}`,
    fenced: false,
  }));
  const random = new Random(cluster.seed);
  return placeReplicas(brokers, cluster.partitions, cluster.replicationFactor, random);
};

test('every partition gets as many different brokers as asked for', () => {
  fc.assert(
    fc.property(clusters, (cluster) => {
      const lists = placed(cluster);
      expect(lists).toHaveLength(cluster.partitions);
      for (const replicas of lists) {
        expect(new Set(replicas).size).toBe(cluster.replicationFactor);
      }
    }),
  );
});

test('replicas of one partition are in as many racks as there can be', () => {
  fc.assert(
    fc.property(clusters, (cluster) => {
      const racks = Math.min(cluster.racks, cluster.brokers);
      for (const replicas of placed(cluster)) {
        const used = new Set(replicas.map((brokerId) => (brokerId - 1) % cluster.racks));
        expect(used.size).toBe(Math.min(racks, cluster.replicationFactor));
      }
    }),
  );
});

test('where racks are equally large, brokers lead equally many partitions but for one', () => {
  fc.assert(
    fc.property(clusters, (cluster) => {
      fc.pre(cluster.brokers % Math.min(cluster.racks, cluster.brokers) === 0);
      const led = new Map<number, number>();
      for (const [leader] of placed(cluster)) led.set(leader!, (led.get(leader!) ?? 0) + 1);
      const counts = Array.from({ length: cluster.brokers }, (_, index) => led.get(index + 1) ?? 0);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a fenced broker never comes first, and only where the others do not suffice', () => {
  const brokers = [1, 2, 3].map((brokerId) => ({ brokerId, rack: null, fenced: brokerId === 2 }));
  const two = placeReplicas(brokers, 6, 2, new Random(1));
  expect(two.flat()).not.toContain(2);
  const three = placeReplicas(brokers, 6, 3, new Random(1));
  for (const replicas of three) expect(replicas[2]).toBe(2);
});
