import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandFor, compileTests, listTests, verdictsOf } from './go-module.mjs';

const version = '3.0.6';
const module = 'github.com/ThreeDotsLabs/watermill-kafka/v3';
const name = './pkg/kafka';
const limitMs = 120_000;

/** Tests that run the battery, and the battery: a list of functions in watermill's own package. */
const batteries = /^Test(PublishSubscribe|NoGroupSubscriber)/;
const member = /\bFunc: +(Test\w+)/g;

async function battery(folder, command) {
  const where = ['go', 'list', '-m', '-f', '{{.Dir}}', 'github.com/ThreeDotsLabs/watermill'];
  const { stdout } = await command(where, { cwd: join(folder, 'source') });
  const source = readFileSync(join(stdout.trim(), 'pubsub/tests/test_pubsub.go'), 'utf8');
  return [...[...source.matchAll(member)].map(([, test]) => test), 'TestConsumerGroups'];
}

/** Watermill's pub/sub battery on Kafka, with sarama below. */
export const watermillKafka = {
  name: 'watermill-kafka',
  client: 'ThreeDotsLabs/watermill-kafka',
  version,
  needs: ['go'],
  cluster: { brokers: 3, port: 9092, config: {} },
  limitMs,
  prepare: (folder, command) =>
    compileTests(folder, { module, version: `v${version}`, packages: [name] }, command),
  async tests(folder, command, bootstrapServers) {
    const members = await battery(folder, command);
    const tests = (await listTests(folder, name, command)).flatMap((test) =>
      batteries.test(test) ? members.map((each) => `${test}/${each}`) : [test],
    );
    const env = { WATERMILL_TEST_KAFKA_BROKERS: bootstrapServers };
    return tests.map((test) => ({
      name: test,
      env,
      ...commandFor(folder, name, test, limitMs),
    }));
  },
  verdicts: ({ stdout }) => verdictsOf(stdout),
};
