import { ErrorCode } from '../protocol/error-code.ts';
import type { Clock, Timer } from '../simulation/clock.ts';
import {
  beginControlledShutdown,
  brokerStartsAnew,
  fenceBroker,
  unfenceBroker,
} from './broker-changes.ts';
import { type ClusterMetadata, isActive } from './cluster-metadata.ts';
import type { CallContext, CallRequest, CallResponse, CallResult } from './controller-call.ts';
import type { MetadataRecord } from './metadata-records.ts';

interface Session {
  /** undefined: the session has expired. A heartbeat of the same process brings it back. */
  timer: Timer | undefined;
  /** How much of the metadata the broker has, by its last heartbeat. */
  metadataOffset: number;
  /** The others must have this much before it may go; set when it begins to shut down. */
  shutdownOffset: number;
}

interface BrokerSessionsOptions {
  readonly clock: Clock;
  readonly sessionTimeoutMs: () => number;
  /** The broker has not been heard of for a session's length. */
  readonly expired: (brokerId: number) => void;
}

/** Which brokers are alive, in the controller's eyes: those that have sent a heartbeat of late. */
export class BrokerSessions {
  readonly #options: BrokerSessionsOptions;
  readonly #sessions = new Map<number, Session>();

  constructor(options: BrokerSessionsOptions) {
    this.#options = options;
  }

  /** A controller has become active: whoever was alive has a session's length to report to it. */
  start({ brokers }: ClusterMetadata): void {
    for (const { brokerId, fenced } of brokers.values()) if (!fenced) this.#touch(brokerId);
  }

  stop(): void {
    for (const { timer } of this.#sessions.values()) timer?.cancel();
    this.#sessions.clear();
  }

  /** A broker process presents itself. It starts fenced, with an epoch of its own (KIP-631). */
  register(
    context: CallContext,
    request: CallRequest<'registerBroker'>,
  ): CallResult<CallResponse<'registerBroker'>> {
    const { metadata } = context;
    const { previousBrokerEpoch, ...registration } = request;
    const { brokerId, incarnation } = registration;
    const known = metadata.brokers.get(brokerId);
    if (known?.incarnation === incarnation) {
      const { brokerEpoch } = known; // the answer to its first request was lost
      return { records: [], response: { errorCode: ErrorCode.NONE, brokerEpoch } };
    }
    if (known !== undefined && this.#sessions.get(brokerId)?.timer !== undefined) {
      const errorCode = ErrorCode.DUPLICATE_BROKER_REGISTRATION;
      return { records: [], response: { errorCode, brokerEpoch: -1 } };
    }
    const isClean = known?.brokerEpoch === previousBrokerEpoch;
    const changes = brokerStartsAnew(context, brokerId, isClean ? 'clean' : 'unclean');
    const brokerEpoch = metadata.offset + changes.length;
    this.#touch(brokerId);
    return {
      records: [...changes, { type: 'register-broker', brokerEpoch, ...registration }],
      response: { errorCode: ErrorCode.NONE, brokerEpoch },
    };
  }

  /** Prolongs the session, lets a broker in when it may come, and lets it go when it may. */
  heartbeat(
    context: CallContext,
    request: CallRequest<'brokerHeartbeat'>,
  ): CallResult<CallResponse<'brokerHeartbeat'>> {
    const { metadata } = context;
    const { brokerId, brokerEpoch, metadataOffset, wantShutDown } = request;
    const broker = metadata.brokers.get(brokerId);
    if (broker?.brokerEpoch !== brokerEpoch) {
      const errorCode = ErrorCode.STALE_BROKER_EPOCH;
      return { records: [], response: { errorCode, shouldShutDown: false } };
    }
    const session = this.#touch(brokerId);
    session.metadataOffset = metadataOffset;
    if (wantShutDown) return this.#shutDown(context, brokerId, session);
    // It has seen its own registration, so it knows what it must know to take part.
    const mayCome = broker.fenced && metadataOffset > brokerEpoch;
    return granted(mayCome ? unfenceBroker(context, brokerId) : [], false);
  }

  /** A broker may go once it leads nothing, and whoever stays knows who leads in its place. */
  #shutDown(
    context: CallContext,
    brokerId: number,
    session: Session,
  ): CallResult<CallResponse<'brokerHeartbeat'>> {
    const { metadata } = context;
    const broker = metadata.brokers.get(brokerId);
    if (broker?.fenced === true) return granted([], true);
    const leadsNothing = !isLeader(metadata, brokerId);
    if (broker?.inControlledShutdown === true) {
      const mayGo = leadsNothing && this.#allKnow(metadata, session.shutdownOffset);
      return mayGo ? granted(fenceBroker(context, brokerId), true) : granted([], false);
    }
    if (leadsNothing) return granted(fenceBroker(context, brokerId), true);
    const changes = beginControlledShutdown(context, brokerId);
    session.shutdownOffset = metadata.offset + changes.length;
    return granted(changes, false);
  }

  #allKnow(metadata: ClusterMetadata, offset: number): boolean {
    for (const [brokerId, { metadataOffset }] of this.#sessions) {
      if (isActive(metadata, brokerId) && metadataOffset < offset) return false;
    }
    return true;
  }

  #touch(brokerId: number): Session {
    const { clock, sessionTimeoutMs, expired } = this.#options;
    let session = this.#sessions.get(brokerId);
    if (session === undefined) {
      session = { timer: undefined, metadataOffset: -1, shutdownOffset: -1 };
      this.#sessions.set(brokerId, session);
    }
    session.timer?.cancel();
    const touched = session;
    touched.timer = clock.after(sessionTimeoutMs(), () => {
      touched.timer = undefined;
      expired(brokerId);
    });
    return touched;
  }
}

const granted = (records: readonly MetadataRecord[], shouldShutDown: boolean) => ({
  records,
  response: { errorCode: ErrorCode.NONE, shouldShutDown },
});

function isLeader({ topicsById }: ClusterMetadata, brokerId: number): boolean {
  for (const { partitions } of topicsById.values()) {
    if (partitions.some(({ leader }) => leader === brokerId)) return true;
  }
  return false;
}
