import type { RequestOf } from '../../broker/request-context.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Process } from '../../simulation/process.ts';
import { keyOf } from '../groups/partition-key.ts';
import { type Fate, type Heard, type Laboratory, type Led, latestLed } from '../laboratory.ts';
import type { Target } from '../producer.ts';

/** What a transactional client asks, besides what a member of a group does. */
export type TransactionApi =
  | 'FindCoordinator'
  | 'InitProducerId'
  | 'AddPartitionsToTxn'
  | 'AddOffsetsToTxn'
  | 'TxnOffsetCommit'
  | 'EndTxn'
  | 'Produce'
  | 'Fetch';

/** What a client knows of KIP-890: to abort when told so (1), or an epoch for each transaction. */
export type ClientVersion = 1 | 2;

const versions = {
  1: { Produce: 11, TxnOffsetCommit: 4, EndTxn: 4 },
  2: { Produce: 12, TxnOffsetCommit: 5, EndTxn: 5 },
} as const;
const sameVersions = {
  ...{ FindCoordinator: 6, InitProducerId: 5, AddPartitionsToTxn: 3, AddOffsetsToTxn: 4 },
  Fetch: 12,
} as const;

export interface TransactionWireOptions {
  readonly laboratory: Laboratory;
  readonly process: Process;
  readonly name: string;
  readonly clientVersion: ClientVersion;
  readonly fateOf: (api: TransactionApi) => Fate;
}

type CoordinatorKind = 'group' | 'transaction';
const keyTypes = { group: 0, transaction: 1 } as const;

const requestTimeoutMs = 3000;
const latenessMs = [700, 3000, 9000];
export const retryBackoffMs = 100;

/** The way of a transactional client to coordinators and leaders, which it looks for. */
export class TransactionWire {
  readonly #options: TransactionWireOptions;
  readonly #coordinators = new Map<CoordinatorKind, number>();
  readonly #leds = new Map<string, Led>();

  constructor(options: TransactionWireOptions) {
    this.#options = options;
  }

  forgetCoordinator(kind: CoordinatorKind): void {
    this.#coordinators.delete(kind);
  }

  /** `heard` is not called if nobody coordinates: the search goes on until somebody does. */
  toCoordinator<Name extends TransactionApi>(
    kind: CoordinatorKind,
    key: string,
    api: Name,
    request: () => RequestOf<Name>,
    heard: (heard: Heard<Name>, brokerId: number) => void,
  ): void {
    const coordinator = this.#coordinators.get(kind);
    if (coordinator === undefined) {
      this.#find(kind, key, () => this.toCoordinator(kind, key, api, request, heard));
      return;
    }
    this.#send(coordinator, api, request(), (answer) => {
      if (answer === 'closed') this.#coordinators.delete(kind);
      heard(answer, coordinator);
    });
  }

  /** `heard` hears 'silence' if nobody leads. */
  toLeader<Name extends 'Produce' | 'Fetch'>(
    { topic, partition }: Target,
    api: Name,
    request: RequestOf<Name>,
    heard: (heard: Heard<Name>) => void,
  ): void {
    const key = keyOf({ topic, partition });
    const told = this.#options.laboratory.leaderInSight(topic, partition);
    const led = latestLed(this.#leds.get(key), told);
    if (led === undefined) {
      heard('silence');
      return;
    }
    this.#leds.set(key, led);
    this.#send(led.leader, api, request, heard);
  }

  #find(kind: CoordinatorKind, key: string, found: () => void): void {
    const { laboratory, process } = this.#options;
    const { running, choices } = laboratory;
    const again = () =>
      void process.after(retryBackoffMs, () => {
        if (this.#coordinators.has(kind)) found();
        else this.#find(kind, key, found);
      });
    if (running.length === 0) {
      again();
      return;
    }
    const brokerId = choices.pick(running, 'broker asked for the coordinator');
    const request = { key: '', keyType: keyTypes[kind], coordinatorKeys: [key] };
    this.#send(brokerId, 'FindCoordinator', request, (heard) => {
      const answer = typeof heard === 'string' ? undefined : heard.coordinators[0];
      if (answer?.errorCode !== ErrorCode.NONE) {
        again();
        return;
      }
      this.#coordinators.set(kind, answer.nodeId);
      found();
    });
  }

  #send<Name extends TransactionApi>(
    brokerId: number,
    api: Name,
    request: RequestOf<Name>,
    heard: (heard: Heard<Name>) => void,
  ): void {
    const { laboratory, process, name, clientVersion, fateOf } = this.#options;
    const drawn = fateOf(api);
    const fate = mayComeLate(api, clientVersion) || !isLate(drawn) ? drawn : 'delivered';
    const exchange = {
      apiVersion: { ...sameVersions, ...versions[clientVersion] }[api],
      timeoutMs: requestTimeoutMs,
      clientId: name,
      fate,
      ...(isLate(fate) ? { lateMs: laboratory.choices.pick(latenessMs, 'how late') } : {}),
      isServedLate: mayComeLate(api, clientVersion),
      seesBrokerEnd: true,
    };
    laboratory.exchange(brokerId, api, request, exchange, (answer) =>
      process.deliver(() => heard(answer)),
    );
  }
}

const isLate = (fate: Fate): boolean => fate === 'late' || fate === 'repeated';

/**
 * What a client has given up may still be read by the broker, or come a second time. Before
 * KIP-890 all transactions of a producer have the same epoch, and a late end, or late offsets,
 * count for the next one: only what is written has sequence numbers and is verified.
 */
const mayComeLate = (api: TransactionApi, clientVersion: ClientVersion): boolean =>
  clientVersion === 2 || api === 'Produce';
