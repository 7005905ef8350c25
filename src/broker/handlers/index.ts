import type { ApiName } from '../../protocol/messages/index.ts';
import type { Handler } from '../request-context.ts';
import { alterReplicaLogDirs } from './alter-replica-log-dirs.ts';
import { apiVersions } from './api-versions.ts';
import { changeConfigs } from './change-configs.ts';
import { deleteRecords } from './delete-records.ts';
import { describeCluster } from './describe-cluster.ts';
import { describeConfigs } from './describe-configs.ts';
import { describeLogDirs } from './describe-log-dirs.ts';
import { describeTopicPartitions } from './describe-topic-partitions.ts';
import { fetch } from './fetch.ts';
import { findCoordinator } from './find-coordinator.ts';
import { forward } from './forward.ts';
import { initProducerId } from './init-producer-id.ts';
import { listOffsets } from './list-offsets.ts';
import { metadata } from './metadata.ts';
import { offsetForLeaderEpoch } from './offset-for-leader-epoch.ts';
import { produce } from './produce.ts';

/** Who answers what. An API of the register without a handler does not compile. */
export const handlers: { readonly [Name in ApiName]: Handler<Name> } = {
  Produce: produce,
  Fetch: fetch,
  ListOffsets: listOffsets,
  Metadata: metadata,
  FindCoordinator: findCoordinator,
  ApiVersions: apiVersions,
  CreateTopics: forward('createTopics'),
  DeleteTopics: forward('deleteTopics'),
  DeleteRecords: deleteRecords,
  InitProducerId: initProducerId,
  OffsetForLeaderEpoch: offsetForLeaderEpoch,
  DescribeConfigs: describeConfigs,
  AlterConfigs: changeConfigs('alterConfigs'),
  AlterReplicaLogDirs: alterReplicaLogDirs,
  DescribeLogDirs: describeLogDirs,
  CreatePartitions: forward('createPartitions'),
  ElectLeaders: forward('electLeaders'),
  IncrementalAlterConfigs: changeConfigs('incrementalAlterConfigs'),
  AlterPartitionReassignments: forward('alterPartitionReassignments'),
  ListPartitionReassignments: forward('listPartitionReassignments'),
  DescribeQuorum: forward('describeQuorum'),
  DescribeCluster: describeCluster,
  UnregisterBroker: forward('unregisterBroker'),
  DescribeTopicPartitions: describeTopicPartitions,
};
