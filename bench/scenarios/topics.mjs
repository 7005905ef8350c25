// Topics for one measurement: named as the null broker reads it, and deleted afterwards.
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '../drivers/connection.mjs';
import { produce } from '../drivers/rdkafka.mjs';

let topics = 0;

/** Calls `use` with the name of a new topic that all brokers know. */
export async function withTopic(session, shape, use) {
  const { kind = 'bench', partitions = 1, replicas = 1, sizeBytes = 100 } = shape;
  const name = `${kind}-${++topics}-p${partitions}-s${sizeBytes}`;
  await session.createTopic(name, partitions, replicas);
  const result = await use(name);
  await session.deleteTopic(name);
  return result;
}

async function stored(session, topic) {
  const { topics: described } = await session.metadata([topic]);
  let records = 0;
  for (const { index } of described[0].partitions) {
    const connection = await Connection.open(await session.leaderOf(topic, index));
    records += (await connection.offset(topic, index, -1)).offset;
    connection.close();
  }
  return records;
}

/** Produces `load.count` records, and has a target that stores them say that it has them all. */
export async function produceAll(session, load) {
  const figures = await produce(session, load);
  if (!session.stores) return figures;
  for (const deadline = performance.now() + 10_000; ; await pause(10)) {
    const records = await stored(session, load.topic);
    if (records === load.count) return figures;
    // With acks=1 real replicas may be behind for a moment, and only what all have is counted.
    if (performance.now() < deadline && records < load.count) continue;
    throw new Error(`${load.topic} holds ${records} of ${load.count} records`);
  }
}
