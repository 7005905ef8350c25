import { brokerConfiguration } from '../config/broker-configuration.ts';
import { brokerSettings } from '../config/broker-settings.ts';
import type { ConfigMap } from '../config/dynamic-configs.ts';
import type { Knobs } from '../config/knobs.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import type { ClusterMetadata } from './cluster-metadata.ts';
import { Controller } from './controller.ts';
import type { CallName, CallRequest, CallResponse } from './controller-call.ts';
import type { ControllerEvent } from './controller-event.ts';
import type { LeaderState } from './raft/leader-state.ts';
import type { CallVoter } from './raft/messages.ts';
import type { MetadataBatch } from './raft/metadata-log.ts';
import type { QuorumStore } from './raft/quorum-store.ts';
import { RaftNode } from './raft/raft-node.ts';
import { raftSettings } from './raft/raft-settings.ts';

interface QuorumControllerOptions {
  readonly nodeId: number;
  /** All controllers of the cluster. */
  readonly voters: readonly number[];
  /** What of it survives its process. */
  readonly store: QuorumStore;
  readonly clock: Clock;
  readonly random: Random;
  /** The static configs where the cluster as a whole is meant. */
  readonly configs: ConfigMap;
  readonly knobs: Knobs;
  readonly call: CallVoter;
  readonly emit: (event: ControllerEvent) => void;
  /** `batches` have become part of `metadata`; none where a snapshot has taken their place. */
  readonly committed: (batches: readonly MetadataBatch[], metadata: ClusterMetadata) => void;
}

/** One controller process: a voter of the quorum, and the active controller while it leads. */
export class QuorumController {
  readonly node: RaftNode;
  readonly #options: QuorumControllerOptions;
  #active: Controller | undefined;

  constructor(options: QuorumControllerOptions) {
    this.#options = options;
    const { configs } = options;
    this.node = new RaftNode({
      ...options,
      random: options.random.fork('elections'),
      settings: () => {
        const dynamic = this.node.replica.committed.metadata.configs;
        return raftSettings(brokerSettings(brokerConfiguration(-1, configs, dynamic)));
      },
      claimed: (leader) => this.#claim(leader),
      renounced: () => this.#renounce(),
    });
  }

  get isActive(): boolean {
    return this.#active !== undefined;
  }

  start(): void {
    this.emit({ type: 'controller-started' });
    this.node.start();
  }

  emit(event: ControllerEvent): void {
    this.#options.emit(event);
  }

  /** Hands the leadership over, if it has it, and does `then` when the others know. */
  shutdown(then: () => void): void {
    this.node.resign(then);
  }

  /** The process ends without a word; its log and its vote stay. */
  stop(): void {
    this.node.stop();
  }

  /** Replies with undefined where this is not the active controller, or no more. */
  handle<Name extends CallName>(
    name: Name,
    request: CallRequest<Name>,
    reply: (response: CallResponse<Name> | undefined) => void,
  ): void {
    if (this.#active === undefined) reply(undefined);
    else this.#active.handle(name, request, reply);
  }

  #claim(leader: LeaderState): void {
    this.#active = new Controller({ ...this.#options, log: leader });
    this.#active.start();
  }

  #renounce(): void {
    this.#active?.stop();
    this.#active = undefined;
  }
}
