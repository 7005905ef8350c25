import { ErrorCode } from '../protocol/error-code.ts';
import type { Clock, Timer } from '../simulation/clock.ts';
import type { ClusterMetadata } from './cluster-metadata.ts';
import type { CallRequest, CallResponse, CallResult } from './controller-call.ts';
import { electLeader, noLeader } from './election.ts';
import type { MetadataRecord } from './metadata-records.ts';

interface Session {
  readonly incarnation: number;
  /** undefined: the session has expired. A heartbeat of the same process brings it back. */
  timer: Timer | undefined;
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

  /** A broker process presents itself. It starts fenced, with an epoch of its own (KIP-631). */
  register(
    metadata: ClusterMetadata,
    request: CallRequest<'registerBroker'>,
  ): CallResult<CallResponse<'registerBroker'>> {
    const { brokerId, incarnation, endpoint, rack } = request;
    const live = this.#sessions.get(brokerId);
    if (live?.timer !== undefined && live.incarnation !== incarnation) {
      const errorCode = ErrorCode.DUPLICATE_BROKER_REGISTRATION;
      return { records: [], response: { errorCode, brokerEpoch: -1 } };
    }
    const brokerEpoch = metadata.offset;
    this.#sessions.set(brokerId, { incarnation, timer: undefined });
    this.#touch(brokerId);
    return {
      records: [{ type: 'register-broker', brokerId, brokerEpoch, endpoint, rack }],
      response: { errorCode: ErrorCode.NONE, brokerEpoch },
    };
  }

  /** Prolongs the session, and lets a broker in that has caught up with its own registration. */
  heartbeat(
    metadata: ClusterMetadata,
    request: CallRequest<'brokerHeartbeat'>,
  ): CallResult<CallResponse<'brokerHeartbeat'>> {
    const { brokerId, brokerEpoch, metadataOffset } = request;
    const broker = metadata.brokers.get(brokerId);
    if (broker?.brokerEpoch !== brokerEpoch) {
      return { records: [], response: { errorCode: ErrorCode.STALE_BROKER_EPOCH } };
    }
    this.#touch(brokerId);
    const caughtUp = metadataOffset > brokerEpoch;
    const records = broker.fenced && caughtUp ? unfence(metadata, brokerId) : [];
    return { records, response: { errorCode: ErrorCode.NONE } };
  }

  #touch(brokerId: number): void {
    const { clock, sessionTimeoutMs, expired } = this.#options;
    const session = this.#sessions.get(brokerId);
    if (session === undefined) return;
    session.timer?.cancel();
    session.timer = clock.after(sessionTimeoutMs(), () => {
      session.timer = undefined;
      expired(brokerId);
    });
  }
}

const mayLead = (metadata: ClusterMetadata, except: number) => (brokerId: number) =>
  brokerId !== except && metadata.brokers.get(brokerId)?.fenced === false;

/** The broker is alive again: partitions that wait for it get it as their leader. */
function unfence(metadata: ClusterMetadata, brokerId: number): MetadataRecord[] {
  const records: MetadataRecord[] = [
    { type: 'broker-registration-change', brokerId, fenced: false },
  ];
  for (const topic of metadata.topicsById.values()) {
    topic.partitions.forEach((partition, index) => {
      if (partition.leader !== noLeader || !partition.isr.includes(brokerId)) return;
      const { topicId } = topic;
      records.push({ type: 'partition-change', topicId, partition: index, leader: brokerId });
    });
  }
  return records;
}

/**
 * The broker is gone: it leaves every ISR, and what it led gets another leader from the rest. The
 * last member of an ISR stays in it, for nobody else has all that is committed.
 */
export function fence(metadata: ClusterMetadata, brokerId: number): MetadataRecord[] {
  if (metadata.brokers.get(brokerId)?.fenced !== false) return [];
  const records: MetadataRecord[] = [
    { type: 'broker-registration-change', brokerId, fenced: true },
  ];
  for (const topic of metadata.topicsById.values()) {
    topic.partitions.forEach((partition, index) => {
      if (!partition.isr.includes(brokerId)) return;
      const { topicId } = topic;
      const rest = partition.isr.filter((member) => member !== brokerId);
      const isr = rest.length > 0 ? rest : partition.isr;
      const change = { type: 'partition-change', topicId, partition: index, isr } as const;
      const leader = electLeader({ ...partition, isr }, mayLead(metadata, brokerId));
      records.push(leader === partition.leader ? change : { ...change, leader });
    });
  }
  return records;
}
