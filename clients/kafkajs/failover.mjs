// Kafkajs while brokers crash (../failover): an idempotent producer, and below the Consumer, which is
// for groups only, its Fetch.
import { setTimeout } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { acked, gaveUp, isAllRead, over, partitions, read, topic } from '../js-checks/failover.mjs';
import { brokers } from '../js-checks/report.mjs';
import { Reader } from './reader.mjs';

const { Kafka, logLevel } = kafkajs;
const retry = { initialRetryTime: 50, maxRetryTime: 200 };
const kafka = new Kafka({ brokers, retry, logLevel: logLevel.NOTHING });

/**
 * A producer of its own for each partition, with one send at a time. Where sends of one producer meet
 * a crash together, kafkajs may take one broker for another ever after, and resolve a send of which
 * it has sent nothing; or reconnect twice and forget a connection, which keeps the process alive.
 */
async function write(partition) {
  const producer = kafka.producer({
    ...{ idempotent: true, maxInFlightRequests: 1 },
    // That of an idempotent one by its documentation; without this line it is 5.
    retry: { ...retry, retries: Number.MAX_SAFE_INTEGER },
  });
  await producer.connect();
  for (let number = 0; !over.signal.aborted; number += 3) {
    const numbers = [number, number + 1, number + 2];
    const messages = numbers.map((each) => ({ partition, value: String(each) }));
    try {
      const [{ baseOffset }] = await producer.send({ topic, acks: -1, messages });
      numbers.forEach((each, i) => {
        acked(partition, each, Number(baseOffset) + i);
      });
    } catch (error) {
      for (const each of numbers) gaveUp(partition, each, error);
    }
    await setTimeout(10);
  }
  await producer.disconnect();
}

async function readOn(reader) {
  const positions = new Map(partitions.map((partition) => [partition, 0]));
  const isLeft = () => partitions.some((each) => !isAllRead(each, positions.get(each)));
  let isStale = false;
  while (isWriting || isLeft()) {
    try {
      if (isStale) await reader.refresh();
      isStale = false;
      for (const { partition, offset, value } of await reader.readAll(positions)) {
        read(partition, offset, Number(value));
        positions.set(partition, offset + 1);
      }
    } catch (error) {
      if (!error.retriable) throw error;
      isStale = true;
      await setTimeout(50);
    }
  }
}

let isWriting = true;
const reader = await Reader.open(kafka, topic);
const reading = readOn(reader);
await Promise.all(partitions.map(write));
isWriting = false;
await reading;
await reader.close();
