import { expect, test } from 'vitest';
import {
  beginControlledShutdown,
  brokerStartsAnew,
  fenceBroker,
  unfenceBroker,
  unregisterBroker,
} from '../../src/controller/broker-changes.ts';
import { type ClusterMetadata, replay } from '../../src/controller/cluster-metadata.ts';
import type { CallContext } from '../../src/controller/controller-call.ts';
import type { MetadataRecord } from '../../src/controller/metadata-records.ts';
import { brokers, clusterOf, contextOf, topic, topicConfig, withElr } from './make.ts';

type Change = (context: CallContext, brokerId: number) => MetadataRecord[];

/** The image after each of the changes in turn. */
const after = (image: ClusterMetadata, ...changes: [Change, number][]) =>
  changes.reduce((now, [change, id]) => replay(now, change(contextOf(now), id)), image);

const partition = (image: ClusterMetadata, index = 0) =>
  image.topicsById.get('t')?.partitions[index];

test('a fenced broker leaves every ISR, and the next in the order of assignment leads', () => {
  const metadata = clusterOf(withElr, ...brokers(3), ...topic('t', [1, 2, 3], [2, 3, 1], [3, 2]));
  const image = after(metadata, [fenceBroker, 1]);
  expect(image.brokers.get(1)?.fenced).toBe(true);
  expect(image.topicsById.get('t')?.partitions).toMatchObject([
    { leader: 2, leaderEpoch: 1, partitionEpoch: 1, isr: [2, 3], replicas: [1, 2, 3] },
    { leader: 2, leaderEpoch: 0, partitionEpoch: 1, isr: [2, 3] },
    { leader: 3, leaderEpoch: 0, partitionEpoch: 0, isr: [3, 2] },
  ]);
});

test('without eligible leader replicas the last member stays in the ISR, and leads again', () => {
  const metadata = clusterOf(...brokers(1), ...topic('t', [1]));
  const gone = after(metadata, [fenceBroker, 1]);
  expect(partition(gone)).toMatchObject({ leader: -1, leaderEpoch: 1, isr: [1], elr: [] });
  const back = after(gone, [unfenceBroker, 1]);
  expect(partition(back)).toMatchObject({ leader: 1, leaderEpoch: 2, isr: [1] });
});

test('with them the ISR is left empty, and whoever of them comes back first leads alone', () => {
  const metadata = clusterOf(
    withElr,
    ...brokers(3),
    ...topic('t', [1, 2, 3]),
    topicConfig('min.insync.replicas', '2'),
  );
  const gone = after(metadata, [fenceBroker, 1], [fenceBroker, 2], [fenceBroker, 3]);
  expect(partition(gone)).toMatchObject({ leader: -1, isr: [], elr: [2, 3], lastKnownElr: [3] });
  const back = after(gone, [unfenceBroker, 2]);
  expect(partition(back)).toMatchObject({ leader: 2, isr: [2], elr: [3], lastKnownElr: [] });
  expect(partition(back)?.leaderRecoveryState).toBe('Recovered');
  const stranger = after(gone, [unfenceBroker, 1]);
  expect(partition(stranger)).toMatchObject({ leader: -1, isr: [], elr: [2, 3] });
});

test('who may have lost its log is eligible no more; the last leader is, when nobody is', () => {
  const unclean: Change = (context, id) => brokerStartsAnew(context, id, 'unclean');
  const metadata = clusterOf(
    withElr,
    ...brokers(2),
    ...topic('t', [1, 2]),
    topicConfig('min.insync.replicas', '2'),
  );
  const gone = after(metadata, [fenceBroker, 1], [fenceBroker, 2]);
  expect(partition(gone)).toMatchObject({ elr: [1, 2], lastKnownElr: [2] });
  const one = after(gone, [unclean, 1]);
  expect(partition(one)).toMatchObject({ leader: -1, elr: [2], lastKnownElr: [2] });
  const both = after(one, [unclean, 2]);
  expect(partition(both)).toMatchObject({ leader: -1, elr: [], lastKnownElr: [2] });
  expect(partition(after(both, [unfenceBroker, 1]))).toMatchObject({ leader: -1 });
  const recovering = { leader: 2, isr: [2], lastKnownElr: [], leaderRecoveryState: 'Recovering' };
  expect(partition(after(both, [unfenceBroker, 2]))).toMatchObject(recovering);
});

test('an unclean election takes who is there, if the topic allows it', () => {
  const fenced = (...configs: MetadataRecord[]) =>
    after(
      clusterOf(withElr, ...brokers(2), ...topic('t', [1, 2]), ...configs),
      [fenceBroker, 2],
      [fenceBroker, 1],
      [unfenceBroker, 2],
    );
  expect(partition(fenced())).toMatchObject({ leader: -1, isr: [], elr: [1] });
  const allowed = fenced(topicConfig('unclean.leader.election.enable', 'true'));
  const recovering = { leader: 2, isr: [2], elr: [], leaderRecoveryState: 'Recovering' };
  expect(partition(allowed)).toMatchObject(recovering);
});

test('a broker that is about to end hands over what it leads, and is asked for no more', () => {
  const metadata = clusterOf(withElr, ...brokers(2), ...topic('t', [1, 2]));
  const ending = after(metadata, [beginControlledShutdown, 1]);
  expect(ending.brokers.get(1)).toMatchObject({ fenced: false, inControlledShutdown: true });
  expect(partition(ending)).toMatchObject({ leader: 2, isr: [2] });
});

test('a broker that is struck off is in no ISR and leads nothing', () => {
  const metadata = clusterOf(withElr, ...brokers(2), ...topic('t', [1, 2], [2]));
  const image = after(metadata, [fenceBroker, 2], [unregisterBroker, 2]);
  expect([...image.brokers.keys()]).toEqual([1]);
  expect(partition(image)).toMatchObject({ leader: 1, isr: [1] });
  expect(partition(image, 1)).toMatchObject({ leader: -1, isr: [], elr: [2], replicas: [2] });
});
