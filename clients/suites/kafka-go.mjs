import { compileTests, goTest, listTests, verdictsOf } from './go-module.mjs';

const version = '0.4.51';
const module = 'github.com/segmentio/kafka-go';
const limitMs = 60_000;
/** Some tests are only for brokers of a certain age, and believe this about it. */
const env = { KAFKA_VERSION: '4.3.1' };
/** Those that speak to a broker. */
const packages = ['.', './compress', './sasl', './topics'];

const security = 'org.apache.kafka.common.security';
const plainLogin = `${security}.plain.PlainLoginModule required user_adminplain="admin-secret";`;
const scramLogin = `${security}.scram.ScramLoginModule required;`;

/** What its docker-compose.yml asks for, as Kafka 4 writes it: two listeners, SASL and ACLs. */
const secured = {
  '1:listeners': 'PLAINTEXT://localhost:9092,SASL_PLAINTEXT://localhost:9093',
  '1:listener.security.protocol.map':
    'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
  '1:sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
  '1:listener.name.sasl_plaintext.plain.sasl.jaas.config': plainLogin,
  '1:listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config': scramLogin,
  '1:listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config': scramLogin,
  'broker.rack': '',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
  'super.users': 'User:ANONYMOUS',
};
const users = 'SCRAM-SHA-256=[password=admin-secret-256],SCRAM-SHA-512=[password=admin-secret-512]';

/** The tests of kafka-go: they want one broker, 1, on localhost:9092, and SASL on 9093. */
export const kafkaGo = {
  name: 'kafka-go',
  client: 'segmentio/kafka-go',
  version,
  needs: ['go'],
  cluster: {
    brokers: 1,
    port: 9092,
    config: { 'message.max.bytes': '200000000' },
    kafkaConfig: secured,
    afterStart: [
      ...['kafka-configs', '--bootstrap-server', 'localhost:9092', '--alter'],
      ...['--entity-type', 'users', '--entity-name', 'adminscram', '--add-config', users],
    ],
  },
  limitMs,
  prepare: (folder, command) =>
    compileTests(folder, { module, version: `v${version}`, packages }, command),
  async tests(folder, command) {
    const tests = [];
    for (const name of packages) {
      for (const test of await listTests(folder, name, command)) {
        tests.push(goTest(folder, name, test, { limitMs, env }));
      }
    }
    return tests;
  },
  verdicts: ({ stdout }) => verdictsOf(stdout),
};
