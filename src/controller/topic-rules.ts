import { ConfigResourceType } from '../config/config-resource.ts';
import { configsOf } from '../config/dynamic-configs.ts';
import { topicSettings } from '../config/topic-settings.ts';
import { isActive, isElrEnabled, type TopicImage } from './cluster-metadata.ts';
import type { CallContext } from './controller-call.ts';
import type { Election } from './election.ts';
import type { ChangeRules } from './partition-change.ts';

/**
 * By what rules partitions of `topic` change. Without `election` it may be unclean where the topic
 * allows that.
 */
export function rulesOf(
  { metadata, configuration, knobs }: CallContext,
  topic: TopicImage,
  election?: Election,
): ChangeRules {
  const resource = { type: ConfigResourceType.TOPIC, name: topic.name };
  const settings = topicSettings(configuration, configsOf(metadata.configs, resource));
  const { minInSyncReplicas, uncleanLeaderElectionEnable } = settings;
  return {
    election: election ?? (uncleanLeaderElectionEnable ? 'unclean' : 'online'),
    mayLead: (brokerId) => isActive(metadata, brokerId),
    minInSyncReplicas: Math.min(minInSyncReplicas, topic.partitions[0]!.replicas.length),
    elr: isElrEnabled(metadata),
    elrOfReplicas: knobs.elrOfReplicas,
  };
}
