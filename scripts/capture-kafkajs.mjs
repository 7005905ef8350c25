// What kafkajs says when it is used for all it can do: run by scripts/capture-frames.mjs.
import kafkajs from 'kafkajs';

const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs;

const kafka = new Kafka({
  clientId: 'capture',
  brokers: [process.argv[2] ?? 'localhost:9092'],
  logLevel: logLevel.ERROR,
});
const topic = 'from-kafkajs';

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  topics: [
    { topic, numPartitions: 2, configEntries: [{ name: 'retention.ms', value: '86400000' }] },
    { topic: 'assigned', replicaAssignment: [{ partition: 0, replicas: [1] }] },
  ],
});
await admin.createTopics({ topics: [{ topic }] }); // exists already
await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
await admin.fetchTopicMetadata();

for (const [acks, compression] of [
  [-1, CompressionTypes.None],
  [1, CompressionTypes.GZIP],
  [0, CompressionTypes.None],
]) {
  const producer = kafka.producer();
  await producer.connect();
  const messages = [
    { key: 'k', value: 'v', partition: 0, headers: { h: 'x' }, timestamp: '1700000000000' },
    { key: null, value: null, partition: 1, timestamp: '1700000000001' },
  ];
  await producer.send({ topic, acks, compression, messages });
  await producer.disconnect();
}
const idempotent = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
await idempotent.connect();
await idempotent.send({ topic, messages: [{ value: 'once', partition: 0 }] });
await idempotent.disconnect();

const transactional = kafka.producer({ transactionalId: 'capture', maxInFlightRequests: 1 });
await transactional.connect();
for (const end of ['commit', 'abort']) {
  const transaction = await transactional.transaction();
  await transaction.send({ topic, messages: [{ value: end, partition: 0 }] });
  await transaction[end]();
}
await transactional.disconnect();

const consumer = kafka.consumer({ groupId: 'capture', maxWaitTimeInMs: 100 });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await new Promise((resolve, reject) => {
  let left = 5;
  const eachMessage = async () => {
    if (--left === 0) resolve();
  };
  consumer.run({ eachMessage }).catch(reject);
});
await consumer.disconnect();

await admin.fetchTopicOffsets(topic);
await admin.fetchTopicOffsetsByTimestamp(topic, 1700000000000);
await admin.describeConfigs({
  includeSynonyms: true,
  resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }],
});
await admin.alterConfigs({
  resources: [
    {
      type: ConfigResourceTypes.TOPIC,
      name: topic,
      configEntries: [{ name: 'retention.ms', value: '1000' }],
    },
  ],
});
await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
await admin.deleteTopics({ topics: [topic, 'assigned'] });
await admin.disconnect();
