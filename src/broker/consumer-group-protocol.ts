import { groupFeature } from '../controller/features.ts';
import type { Broker } from './broker.ts';

/** Whether groups may be of the new kind (KIP-848): by feature, and by this broker's configs. */
export const servesConsumerGroups = ({ metadata, settings }: Broker): boolean =>
  (metadata.features.get(groupFeature) ?? 0) >= 1 &&
  settings.groupCoordinatorRebalanceProtocols?.includes('consumer') === true;
