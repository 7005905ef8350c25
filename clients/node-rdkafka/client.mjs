import { once } from 'node:events';
import rdkafka from 'node-rdkafka';
import { brokers, named } from '../js-checks/report.mjs';

const timeoutMs = 20_000;
export const common = {
  'metadata.broker.list': brokers.join(','),
  'client.id': named('node-rdkafka'),
};

/** A promise for what takes a callback. */
export const done = (start) =>
  new Promise((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result)));
  });

export const admin = rdkafka.AdminClient.create(common);

/** It never joins its group: partitions are assigned, and nothing is committed. */
export const consumer = new rdkafka.KafkaConsumer(
  { ...common, 'group.id': named('never-joined'), 'enable.auto.commit': false },
  {},
);
await done((callback) => consumer.connect({ timeout: timeoutMs }, callback));
consumer.setDefaultConsumeTimeout(100);

/** Calls `use` with a producer of this configuration, which is gone afterwards. */
async function withProducer(config, use) {
  const room = { 'message.max.bytes': 1_100_000 }; // the default is below the brokers'
  const producer = new rdkafka.Producer({ ...common, ...room, dr_cb: true, ...config });
  await done((callback) => producer.connect({ timeout: timeoutMs }, callback));
  producer.setPollInterval(10);
  try {
    return await use(producer);
  } finally {
    producer.disconnect();
    await once(producer, 'disconnected');
  }
}

/** Resolves to the delivery reports of as many records, in the order of production. */
export async function reports(producer, count) {
  const all = [];
  await done((callback) => {
    producer.on('delivery-report', (error, report) => {
      if (error || all.push(report) === count) callback(error);
    });
  });
  return all.sort((a, b) => a.opaque - b.opaque);
}

/**
 * Produces rows; resolves to them with the partition and the offset that their delivery reports
 * say. With acks=0 no offset is known.
 */
export function produce(topic, rows, config) {
  return withProducer(config, async (producer) => {
    const reported = reports(producer, rows.length);
    for (const [index, { partition, key, value, headers, timestamp }] of rows.entries()) {
      const named = headers.map(([name, each]) => ({ [name]: each }));
      producer.produce(topic, partition ?? null, value, key, timestamp, index, named);
    }
    return (await reported).map(({ opaque, partition, offset }) => ({
      ...rows[opaque],
      partition,
      offset,
    }));
  });
}

/** That many records of a partition from an offset on. */
export async function read(topic, partition, offset, count) {
  const deadline = Date.now() + timeoutMs;
  const rows = [];
  consumer.assign([{ topic, partition, offset }]);
  while (rows.length < count) {
    if (Date.now() > deadline) throw new Error(`${rows.length} of ${count} records came`);
    const messages = await done((callback) => consumer.consume(count - rows.length, callback));
    rows.push(...messages.map(rowOf));
  }
  return rows;
}

function rowOf({ partition, offset, timestamp, key, value, headers = [] }) {
  const named = headers.flatMap((header) => Object.entries(header));
  return { partition, offset, timestamp, key: key ?? null, value, headers: named };
}
