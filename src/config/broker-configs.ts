import { cleanerConfigs } from './broker/cleaner-configs.ts';
import { groupCoordinatorConfigs } from './broker/group-coordinator-configs.ts';
import { logConfigs } from './broker/log-configs.ts';
import { metricsConfigs } from './broker/metrics-configs.ts';
import { networkConfigs } from './broker/network-configs.ts';
import { quorumConfigs } from './broker/quorum-configs.ts';
import { quotaConfigs } from './broker/quota-configs.ts';
import { remoteLogConfigs } from './broker/remote-log-configs.ts';
import { replicationConfigs } from './broker/replication-configs.ts';
import { securityConfigs } from './broker/security-configs.ts';
import { serverConfigs } from './broker/server-configs.ts';
import { shareGroupConfigs } from './broker/share-group-configs.ts';
import { transactionConfigs } from './broker/transaction-configs.ts';
import type { ConfigDefinition } from './config-definition.ts';
import { definitionsByName } from './definitions-by-name.ts';

/** Every config of a Kafka 4.3 broker. */
export const brokerConfigs: ReadonlyMap<string, ConfigDefinition> = definitionsByName([
  ...quotaConfigs,
  ...remoteLogConfigs,
  ...serverConfigs,
  ...networkConfigs,
  ...replicationConfigs,
  ...groupCoordinatorConfigs,
  ...shareGroupConfigs,
  ...cleanerConfigs,
  ...logConfigs,
  ...transactionConfigs,
  ...metricsConfigs,
  ...quorumConfigs,
  ...securityConfigs,
]);
