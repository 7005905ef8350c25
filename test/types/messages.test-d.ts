import type { Request, Response } from '../../src/protocol/api.ts';
import type { encodeResponse } from '../../src/protocol/header.ts';
import type { Fetch } from '../../src/protocol/messages/fetch.ts';
import type { apis } from '../../src/protocol/messages/index.ts';
import type { Metadata } from '../../src/protocol/messages/metadata.ts';
import type { Produce } from '../../src/protocol/messages/produce.ts';

// What the tables infer, held against the types as one would write them, by `npm run types`.

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless it is given true. */
type Holds<T extends true> = T;

export type ProduceRequestIs = Holds<
  Equal<
    Request<typeof Produce>,
    {
      readonly transactionalId: string | null;
      readonly acks: number;
      readonly timeoutMs: number;
      readonly topicData: readonly {
        readonly name: string;
        readonly topicId: string;
        readonly partitionData: readonly {
          readonly index: number;
          readonly records: readonly Uint8Array[] | null;
        }[];
      }[];
    }
  >
>;

/** Tagged: a struct that is absent is null, a list is empty, a number has its default. */
type FetchedPartition = Response<typeof Fetch>['responses'][number]['partitions'][number];
export type TaggedStructIs = Holds<
  Equal<
    FetchedPartition['currentLeader'],
    { readonly leaderId: number; readonly leaderEpoch: number } | null
  >
>;
export type TaggedListIs = Holds<
  Equal<
    Response<typeof Produce>['nodeEndpoints'],
    readonly {
      readonly nodeId: number;
      readonly host: string;
      readonly port: number;
      readonly rack: string | null;
    }[]
  >
>;
export type TaggedScalarIs = Holds<
  Equal<Request<typeof Fetch>['topics'][number]['partitions'][number]['highWatermark'], number>
>;

export type NullableFromAVersionIs = Holds<
  Equal<
    Request<typeof Metadata>['topics'],
    readonly { readonly topicId: string; readonly name: string | null }[] | null
  >
>;
export type NullableListIs = Holds<
  Equal<
    FetchedPartition['abortedTransactions'],
    readonly { readonly producerId: number; readonly firstOffset: number }[] | null
  >
>;
export type NullableStructIs = Holds<
  Equal<
    Request<(typeof apis)['DescribeTopicPartitions']>['cursor'],
    { readonly topicName: string; readonly partitionIndex: number } | null
  >
>;

/** Every API has both; and a body of another API does not pass for one. */
export type EveryRequestIsAnObject = Holds<
  Equal<
    {
      [Name in keyof typeof apis]: Request<(typeof apis)[Name]> extends object ? 1 : 0;
    }[keyof typeof apis],
    1
  >
>;
export type BodiesDiffer = Holds<
  Equal<Response<typeof Produce> extends Response<typeof Fetch> ? true : false, false>
>;
export type EncodersTakeTheBody = Holds<
  Equal<Parameters<typeof encodeResponse<Response<typeof Produce>>>[3], Response<typeof Produce>>
>;
