import type { BrokerSettings } from '../../config/broker-settings.ts';

/** `controller.quorum.*`, and how many records make a new snapshot due. */
export interface RaftSettings {
  readonly electionTimeoutMs: number;
  readonly electionBackoffMaxMs: number;
  readonly fetchTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly recordsBetweenSnapshots: number;
}

/** Records are not written out here, so each counts as long as a partition's, in bytes. */
const recordSizeBytes = 100;

export const raftSettings = (settings: BrokerSettings): RaftSettings => ({
  electionTimeoutMs: settings.controllerQuorumElectionTimeoutMs,
  electionBackoffMaxMs: settings.controllerQuorumElectionBackoffMaxMs,
  fetchTimeoutMs: settings.controllerQuorumFetchTimeoutMs,
  retryBackoffMs: settings.controllerQuorumRetryBackoffMs,
  recordsBetweenSnapshots: Math.ceil(
    settings.metadataLogMaxRecordBytesBetweenSnapshots / recordSizeBytes,
  ),
});

/** Kafka's own. */
export const fetchMaxWaitMs = 500;

/** With a short fetch timeout a part of it, so that an idle leader is not missed. */
export const maxWaitMs = (fetchTimeoutMs: number): number =>
  Math.min(fetchMaxWaitMs, Math.ceil(fetchTimeoutMs / 4));
