import type { BrokerEvent } from '../broker/broker-event.ts';
import type { ControllerEvent } from '../controller/controller-event.ts';
import type { CoordinatorEvent } from '../coordinator/coordinator-event.ts';
import type { ReplicaEvent } from '../replication/replication-event.ts';
import type { NetworkEvent } from '../simulation/network.ts';

/** Everything that can happen in a cluster: what its trace is made of. */
export type ClusterEvent =
  | BrokerEvent
  | ControllerEvent
  | CoordinatorEvent
  | NetworkEvent
  | ReplicaEvent;
