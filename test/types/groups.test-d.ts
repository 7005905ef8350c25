import type { GroupState, KafkaCluster, KafkaGroup } from '../../src/index.ts';

// What a user's test compiles against, by `npm run types`.

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless it is given true. */
type Holds<T extends true> = T;

export type GroupIs = Holds<Equal<ReturnType<KafkaCluster['group']>, KafkaGroup>>;
export type StateIs = Holds<Equal<KafkaGroup['state'], GroupState>>;

/** Offsets are bigint as everywhere in the fixture; a lag is a count. */
type Offset = KafkaGroup['offsets'][number];
export type CommittedOffsetIs = Holds<Equal<Offset['committedOffset'], bigint | null>>;
export type LagIs = Holds<Equal<[Offset['lag'], KafkaGroup['lag']], [number | null, number]>>;

/** What `topic.produce` and `partition.highWatermark` give can be waited for. */
export type CommitTakes = Holds<
  Equal<
    NonNullable<Parameters<KafkaGroup['waitForCommit']>[1]>['committedOffset'],
    bigint | number | undefined
  >
>;
