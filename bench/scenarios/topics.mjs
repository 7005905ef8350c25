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

/** How many records the leaders of a topic's partitions say that they have. */
async function stored(session, topic) {
  let records = 0;
  for (const [address, indexes] of await session.leadersOf(topic)) {
    const connection = await Connection.open(address);
    for (const offset of await connection.endOffsets(topic, indexes)) records += offset;
    connection.close();
  }
  return records;
}

/** Has a target that stores say that the topic holds as many offsets as it has to. */
export async function awaitStored(session, topic, count) {
  if (!session.stores) return;
  for (const deadline = performance.now() + 10_000; ; await pause(10)) {
    // Right after a topic's creation a real leader may not know yet that it leads, and with acks=1
    // real replicas may be behind for a moment: what not all have is not counted.
    const records = await stored(session, topic).catch(({ message }) => message);
    if (records === count) return;
    if (records > count || performance.now() > deadline) {
      throw new Error(`${topic} holds ${records} of ${count} records`);
    }
  }
}

/** Produces `load.count` records, which the target then has to have. */
export async function produceAll(session, load) {
  const figures = await produce(session, load);
  await awaitStored(session, load.topic, load.count);
  return figures;
}

/** A little of everything before the first figure: code is compiled, memory has been touched. */
export async function warmUp(session, shape, acks) {
  for (const [sizeBytes, count] of [
    [100, 50_000],
    [1024, 10_000],
  ]) {
    await withTopic(session, { ...shape, sizeBytes }, (topic) =>
      produce(session, { topic, count, sizeBytes, acks }),
    );
  }
}
