import { type ClientRecord, type Identify, identityOf, type OffsetLike } from './identity.ts';
import type { OffsetOf, Operation } from './operation.ts';

/** An offset of a partition, as clients have it. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: OffsetLike;
}

export const offsetsOf = (offsets: readonly PartitionOffset[]): OffsetOf[] =>
  offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: Number(offset) }));

/** Takes turns: who begins or ends something is told when. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly #identify: Identify | undefined;
  #turn = 0;

  constructor(identify: Identify | undefined) {
    this.#identify = identify;
  }

  turn(): number {
    return this.#turn++;
  }

  add<T extends Operation>(operation: T): T {
    this.operations.push(operation);
    return operation;
  }

  identityOf(record: ClientRecord): string {
    return identityOf(record, this.#identify);
  }
}
