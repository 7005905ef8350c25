import type { BrokerConfiguration } from '../config/broker-configuration.ts';
import type { Knobs } from '../config/knobs.ts';
import type {
  AlterConfigsRequest,
  AlterConfigsResponse,
} from '../protocol/messages/alter-configs.ts';
import type {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../protocol/messages/alter-partition-reassignments.ts';
import type {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../protocol/messages/create-partitions.ts';
import type {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../protocol/messages/create-topics.ts';
import type {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../protocol/messages/delete-topics.ts';
import type {
  DescribeQuorumRequest,
  DescribeQuorumResponse,
} from '../protocol/messages/describe-quorum.ts';
import type {
  ElectLeadersRequest,
  ElectLeadersResponse,
} from '../protocol/messages/elect-leaders.ts';
import type {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../protocol/messages/incremental-alter-configs.ts';
import type {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../protocol/messages/list-partition-reassignments.ts';
import type {
  UnregisterBrokerRequest,
  UnregisterBrokerResponse,
} from '../protocol/messages/unregister-broker.ts';
import type {
  UpdateFeaturesRequest,
  UpdateFeaturesResponse,
} from '../protocol/messages/update-features.ts';
import type { Random } from '../simulation/random.ts';
import type { ClusterMetadata, PartitionImage } from './cluster-metadata.ts';
import type { Endpoint, LeaderRecoveryState, MetadataRecord } from './metadata-records.ts';

/**
 * What brokers ask of the controller: their own affairs, and what clients ask that it must decide.
 */
interface ControllerCalls {
  registerBroker: {
    request: {
      brokerId: number;
      incarnation: number;
      endpoint: Endpoint;
      rack: string | null;
      /** -1: the last process on this disk did not end in good order. */
      previousBrokerEpoch: number;
    };
    response: { errorCode: number; brokerEpoch: number };
  };
  brokerHeartbeat: {
    request: {
      brokerId: number;
      brokerEpoch: number;
      metadataOffset: number;
      wantShutDown: boolean;
    };
    response: { errorCode: number; shouldShutDown: boolean };
  };
  alterPartition: {
    request: {
      brokerId: number;
      brokerEpoch: number;
      topicId: string;
      partition: number;
      leaderEpoch: number;
      partitionEpoch: number;
      isr: readonly { brokerId: number; brokerEpoch: number }[];
      leaderRecoveryState: LeaderRecoveryState;
    };
    response: { errorCode: number; partition: PartitionImage | undefined };
  };
  allocateProducerIds: {
    request: { brokerId: number; brokerEpoch: number };
    response: { errorCode: number; firstProducerId: number; count: number };
  };
  createTopics: { request: CreateTopicsRequest; response: CreateTopicsResponse };
  deleteTopics: { request: DeleteTopicsRequest; response: DeleteTopicsResponse };
  createPartitions: { request: CreatePartitionsRequest; response: CreatePartitionsResponse };
  alterConfigs: { request: AlterConfigsRequest; response: AlterConfigsResponse };
  incrementalAlterConfigs: {
    request: IncrementalAlterConfigsRequest;
    response: IncrementalAlterConfigsResponse;
  };
  electLeaders: { request: ElectLeadersRequest; response: ElectLeadersResponse };
  alterPartitionReassignments: {
    request: AlterPartitionReassignmentsRequest;
    response: AlterPartitionReassignmentsResponse;
  };
  listPartitionReassignments: {
    request: ListPartitionReassignmentsRequest;
    response: ListPartitionReassignmentsResponse;
  };
  describeQuorum: { request: DescribeQuorumRequest; response: DescribeQuorumResponse };
  updateFeatures: { request: UpdateFeaturesRequest; response: UpdateFeaturesResponse };
  unregisterBroker: { request: UnregisterBrokerRequest; response: UnregisterBrokerResponse };
}

export type CallName = keyof ControllerCalls;
export type CallRequest<Name extends CallName> = ControllerCalls[Name]['request'];
export type CallResponse<Name extends CallName> = ControllerCalls[Name]['response'];

/** What a call is decided upon. Nothing else is looked at, and nothing of it is changed. */
export interface CallContext {
  readonly metadata: ClusterMetadata;
  readonly random: Random;
  /** The configs of the broker whose static settings count for the cluster. */
  readonly configuration: BrokerConfiguration;
  readonly knobs: Knobs;
}

/** The records that make a decision so, and what the caller hears once they are committed. */
export interface CallResult<Response> {
  readonly records: readonly MetadataRecord[];
  readonly response: Response;
}

export type CallHandler<Name extends CallName> = (
  context: CallContext,
  request: CallRequest<Name>,
) => CallResult<CallResponse<Name>>;
