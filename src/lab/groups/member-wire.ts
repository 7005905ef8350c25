import type { RequestOf } from '../../broker/request-context.ts';
import type { ClusterMetadata } from '../../controller/cluster-metadata.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { Process } from '../../simulation/process.ts';
import type { Fate, Heard, Laboratory } from '../laboratory.ts';

/** What a member asks its coordinator. */
export type GroupApi =
  | 'FindCoordinator'
  | 'JoinGroup'
  | 'SyncGroup'
  | 'Heartbeat'
  | 'LeaveGroup'
  | 'ConsumerGroupHeartbeat'
  | 'OffsetCommit'
  | 'OffsetFetch';

/** The versions that members speak. Up to 9, offsets go by the names of topics. */
const versions = {
  FindCoordinator: 6,
  JoinGroup: 9,
  SyncGroup: 5,
  Heartbeat: 4,
  LeaveGroup: 5,
  ConsumerGroupHeartbeat: 1,
  OffsetCommit: 9,
  OffsetFetch: 9,
} as const satisfies Record<GroupApi, number>;

export interface WireOptions {
  readonly laboratory: Laboratory;
  readonly groupId: string;
  /** The client id; the trace has it in member ids. */
  readonly name: string;
  /** What becomes of a request; by default it is delivered, and so is the response. */
  readonly fateOf?: ((api: GroupApi, request: RequestOf<GroupApi>) => Fate) | undefined;
  /** What came back was not what it wanted: an error code, or no response. */
  readonly heardError?: (error: number | 'silence' | 'closed' | 'timed out') => void;
  /** A broker is about to act on a request of this member. */
  readonly arrived?:
    | (<Name extends GroupApi>(brokerId: number, api: Name, request: RequestOf<Name>) => void)
    | undefined;
}

const requestTimeoutMs = 5000;
export const retryBackoffMs = 100;

/**
 * A client process of a group and its way to the coordinator, which it looks for when it does not
 * know it. Once the process has ended it hears nothing any more.
 */
export class MemberWire {
  readonly process: Process;
  readonly #options: WireOptions;
  #coordinator: number | undefined;

  constructor(options: WireOptions) {
    this.#options = options;
    this.process = new Process('clients', options.laboratory.cluster.clock);
  }

  /** The broker it takes for the coordinator. */
  get coordinator(): number | undefined {
    return this.#coordinator;
  }

  /** Topics as some running broker tells them; undefined: none runs. */
  topics(): ClusterMetadata | undefined {
    const { laboratory } = this.#options;
    const { running, choices } = laboratory;
    if (running.length === 0) return undefined;
    return laboratory.cluster.broker(choices.pick(running, 'broker asked for topics'))?.metadata;
  }

  /** The next request looks for the coordinator anew. */
  forgetCoordinator(): void {
    this.#coordinator = undefined;
  }

  /** Sends what `request` makes to the coordinator, as soon as that is known. */
  ask<Name extends GroupApi>(
    api: Name,
    request: () => RequestOf<Name> | undefined,
    heard: (heard: Heard<Name>, brokerId: number) => void,
    timeoutMs = requestTimeoutMs,
  ): void {
    if (this.#coordinator === undefined) {
      this.#find(() => this.ask(api, request, heard, timeoutMs));
      return;
    }
    const coordinator = this.#coordinator;
    const made = request();
    if (made === undefined) return;
    this.#send(coordinator, api, made, timeoutMs, (answer) => {
      this.#note(errorOf(answer));
      if (answer === 'closed' && this.#coordinator === coordinator) this.forgetCoordinator();
      heard(answer, coordinator);
    });
  }

  #find(found: () => void): void {
    const { laboratory, groupId } = this.#options;
    const { running, choices } = laboratory;
    const again = () =>
      void this.process.after(retryBackoffMs, () => {
        if (this.#coordinator === undefined) this.#find(found);
        else found();
      });
    if (running.length === 0) {
      again();
      return;
    }
    const brokerId = choices.pick(running, 'broker asked for the coordinator');
    const request = { key: '', keyType: 0, coordinatorKeys: [groupId] };
    this.#send(brokerId, 'FindCoordinator', request, requestTimeoutMs, (heard) => {
      const answer = typeof heard === 'string' ? undefined : heard.coordinators[0];
      if (answer?.errorCode !== ErrorCode.NONE) {
        if (answer !== undefined) this.#note(answer.errorCode);
        again();
        return;
      }
      this.#coordinator = answer.nodeId;
      found();
    });
  }

  #note(error: ReturnType<typeof errorOf>): void {
    if (error !== ErrorCode.NONE) this.#options.heardError?.(error);
  }

  #send<Name extends GroupApi>(
    brokerId: number,
    api: Name,
    request: RequestOf<Name>,
    timeoutMs: number,
    heard: (heard: Heard<Name>) => void,
  ): void {
    const { laboratory, name, fateOf, arrived } = this.#options;
    const exchange = {
      apiVersion: versions[api],
      timeoutMs,
      clientId: name,
      fate: fateOf?.(api, request) ?? 'delivered',
      arrived: () => arrived?.(brokerId, api, request),
      seesBrokerEnd: true,
    };
    laboratory.exchange(brokerId, api, request, exchange, (answer) =>
      this.process.deliver(() => heard(answer)),
    );
  }
}

/** Of a whole response; what offsets are refused for stands in each of them. */
const errorOf = (heard: Heard<GroupApi>): number | 'silence' | 'closed' | 'timed out' => {
  if (typeof heard === 'string') return heard;
  return 'errorCode' in heard ? heard.errorCode : ErrorCode.NONE;
};
