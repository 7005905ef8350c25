import { topicConfigs } from './topic-configs.ts';

const ofTopic: Readonly<Record<string, string>> = {
  'cleanup.policy':
    'What becomes of old segments: delete drops them, compact keeps the last record of each key.',
  'compression.type': "The codec that batches are stored with; producer keeps the producer's own.",
  'follower.replication.throttled.replicas':
    "Replicas that catch up at the follower's throttled rate: partition:broker,… or *.",
  'leader.replication.throttled.replicas':
    "Replicas whose followers catch up at the leader's throttled rate: partition:broker,… or *.",
  'max.message.bytes': 'The largest batch that is accepted, compressed as it arrives.',
  'message.timestamp.after.max.ms': "How far ahead of the broker's clock a timestamp may be.",
  'message.timestamp.before.max.ms': "How far behind the broker's clock a timestamp may be.",
  'message.timestamp.type': 'Whose time a record carries: of its creation or of its append.',
  'min.insync.replicas': 'How many replicas must be in sync for a write with acks=all.',
  'retention.bytes': 'The size a partition is cut down to, oldest segments first; -1: no limit.',
  'retention.ms': 'How long a segment is kept after its newest record; -1: forever.',
  'segment.bytes': 'The size at which a segment is closed and the next one begins.',
  'segment.ms': 'The age at which a segment is closed even if it is not full.',
  'unclean.leader.election.enable':
    'Whether a replica that is not in sync may lead when no other can; records may be lost.',
};

const ofBroker: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'Whether asking for a topic that does not exist creates it.',
  'broker.heartbeat.interval.ms': 'How often a broker tells the controller that it is alive.',
  'broker.id': 'The same as node.id.',
  'broker.rack': 'Where the broker stands; replicas are spread over racks.',
  'broker.session.timeout.ms':
    'How long the controller waits for a heartbeat before it fences a broker.',
  'connections.max.idle.ms': 'How long a connection may be silent before it is closed.',
  'default.replication.factor': 'The replication factor of topics that do not ask for one.',
  'delete.topic.enable': 'Whether topics can be deleted.',
  'fetch.max.bytes': 'The most that one fetch is answered, save for a larger first batch.',
  'follower.replication.throttled.rate':
    'How many bytes a second its throttled replicas may take to catch up.',
  'leader.replication.throttled.rate':
    'How many bytes a second of its throttled replicas followers may take to catch up.',
  'log.retention.check.interval.ms': 'How often logs are looked through for what is too old.',
  'max.connections': 'How many connections a broker holds at once.',
  'max.connections.per.ip': 'How many connections a broker holds at once with one address.',
  'max.incremental.fetch.session.cache.slots': 'How many fetch sessions a broker remembers.',
  'node.id': 'The number of this broker.',
  'num.partitions': 'The number of partitions of topics that do not ask for one.',
  'producer.id.expiration.ms': 'How long a silent producer is remembered for duplicates.',
  'replica.fetch.backoff.ms': 'How long a follower waits after a fetch that failed.',
  'replica.fetch.max.bytes': 'The most that a follower asks for of one partition.',
  'replica.fetch.min.bytes': "The least that a follower's fetch waits for.",
  'replica.fetch.response.max.bytes': 'The most that a follower asks for in one fetch.',
  'replica.fetch.wait.max.ms': "The longest that a follower's fetch waits for more.",
  'replica.lag.time.max.ms': 'How long a follower may lag before it is no longer in sync.',
  'replication.quota.window.num': 'Over how many windows a throttled rate is an average.',
  'replication.quota.window.size.seconds': 'How long such a window is.',
  'socket.request.max.bytes': 'The largest request; a larger one closes its connection.',
};

/** Our own words on the configs that Odradek honours; of the others it has none to say. */
export const documentation: ReadonlyMap<string, string> = new Map([
  ...Object.entries(ofTopic).flatMap(([name, text]): (readonly [string, string])[] => [
    ...topicConfigs.get(name)!.brokerSynonyms.map((synonym) => [synonym.name, text] as const),
    [name, text],
  ]),
  ...Object.entries(ofBroker),
]);
