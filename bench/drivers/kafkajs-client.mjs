// kafkajs in a process of its own: node kafkajs-client.mjs BOOTSTRAP TOPIC; prints rates as JSON.
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.NOTHING });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
const value = Buffer.alloc(100, 'x');
await producer.connect();
const send = (messages) => producer.send({ topic, acks: 1, messages });

const one = [{ value, partition: 0 }];
for (let turn = 0; turn < 100; turn++) await send(one);
const begin = performance.now();
for (let turn = 0; turn < 1000; turn++) await send(one);
const rate = 1e6 / (performance.now() - begin);

await producer.disconnect();
console.log(JSON.stringify({ rate }));
