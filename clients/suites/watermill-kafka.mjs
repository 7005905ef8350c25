import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileTests, goTest, listTests, verdictsOf } from './go-module.mjs';

const version = '3.0.6';
const module = 'github.com/ThreeDotsLabs/watermill-kafka/v3';
const name = './pkg/kafka';
const limitMs = 120_000;

/** Tests that run the battery, and the battery: a list of functions in watermill's own package. */
const batteries = /^Test(PublishSubscribe|NoGroupSubscriber)/;
const member = /\bFunc: +(Test\w+)/g;

const order = ['failed', 'passed', 'skipped'];

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
    return tests.map((test) => goTest(folder, name, test, { limitMs, env }));
  },
  // The parts of a test have random names: a test passes if all of them do.
  verdicts({ stdout }, { name: test }) {
    const parts = Object.values(verdictsOf(stdout));
    return { [test]: order.find((verdict) => parts.includes(verdict)) ?? 'failed' };
  },
};
