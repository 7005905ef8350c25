import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../runner/markdown.mjs';
import { wrongWith } from './result.mjs';

const modes = {
  leaders: [
    '## Leaders crash',
    '',
    'Each strike hits the leader of a partition, drawn by the seed.',
  ],
  controllers: [
    '## The active controller crashes',
    '',
    'Three controllers. Each strike hits the active one; one strike in three hits the leader of a',
    'partition in the same instant, so that who finds it dead has just been elected.',
  ],
};

/** docs/FAILOVER.md, made of the results in a folder. */
export function renderFailover(folder) {
  const kept = ['odradek', 'apache-kafka']
    .map((name) => join(folder, `${name}.json`))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const parts = Object.entries(modes).flatMap(([mode, lines]) => [
    ...lines,
    '',
    ...kept.flatMap((side) => sideOf(side, mode)),
  ]);
  return [...head, ...parts, ...settings].join('\n');
}

const head = [
  '# Failover',
  '',
  'Real clients, unmodified, go on writing and reading over TCP while the brokers below them crash.',
  'Three brokers, six partitions with three replicas each, `min.insync.replicas=2`; every producer is',
  'idempotent and waits for `acks=all`, every consumer has its partitions assigned.',
  '`npm run failover -- --keep` writes this page; [clients/failover](../clients/failover/README.md)',
  'tells how the clients are driven.',
  '',
  '* A **kill** is `kill -9`: the log is there when the broker is back. A **power cut** takes what was',
  '  not flushed, too. A **pause** is a process that stands still until others lead, and then goes on.',
  '* Whoever was hit comes back after a moment. One strike in four comes early, while replicas still',
  '  catch up; the others wait until all are in sync and every partition takes records again. A power',
  '  cut is never early: it could rightly lose what only two replicas have.',
  '* In the end the runner reads the log itself and compares it with every line that the program has',
  '  said. **Wrong** is an acknowledged record that is lost, or is not where the client was told; one',
  '  that is there twice; one behind a later one; a consumer that read anything else than the log, in',
  '  its order, once; a client that gives up for what a broker has answered.',
  '* **Given up** is what a client has reported as not sent, though it may try a thousand times: Sarama',
  '  does that to a batch if, while it asks who leads, another of its goroutines finds the connection to',
  '  the last leader broken; kafkajs, rarely, waits 65 s for a lock of its own. Nobody may count on such',
  '  a record, and none of them was acknowledged.',
  '* The longest wait is the longest time for which some partition had nothing acknowledged. It is made',
  '  of the time until a broker is found dead (0.3 s here) and of the waits and retries of the client.',
  '',
];

const settings = [
  '## What the clients had to be told',
  '',
  'Besides shorter waits than their defaults. Each is in the program, with its reason.',
  '',
  '* **kafkajs**: `retries` of the producer. Five is its default, whatever is said of idempotent ones,',
  '  and less than a failover takes. One send at a time to a partition, or its sequence numbers mix.',
  '* **Sarama**: `Producer.Retry.Max`. Three times a tenth of a second is less than an election takes.',
  '  `Consumer.Retry.Backoff`, two seconds, is how long a consumer stops after each.',
  '* **franz-go**: `MetadataMinAge`. It asks who leads once in five seconds, however urgent it is.',
  '* **Java**: `max.in.flight.requests.per.connection=1`. While a leader stands still with a batch that',
  '  it has replicated and not acknowledged, the next leader can be sent more than five others. It',
  '  remembers five; the first, sent again, is OUT_OF_ORDER_SEQUENCE_NUMBER until it expires after two',
  '  minutes, though it is in the log. Brokers are not to blame: Kafka answers the same.',
  '* **librdkafka**: its partitions anew, when it believes that its offset is gone. Version 2.0 has no leader',
  '  epochs in its Fetch, so it may ask a broker that lost its tail and leads no more.',
  '',
];

function sideOf({ target, seed, results }, mode) {
  const rows = results.filter((result) => result.mode === mode).map(row);
  const names = ['client', 'version', 'what', 'kills', 'power cuts', 'pauses', 'acknowledged'];
  const rest = ['wrong', 'given up', 'longest wait'];
  return rows.length === 0
    ? []
    : [`${target}, seed ${seed}:`, '', ...table([...names, ...rest], rows), ''];
}

function row(result) {
  const { client, version, what, kills, powerCuts, pauses } = result;
  const { acknowledged = 0, gaveUp = 0, longestWaitMs = 0 } = result;
  const wrong = wrongWith(result);
  return [
    ...[client, version, what],
    ...[kills, powerCuts, pauses, acknowledged].map(String),
    wrong.length === 0 ? 'nothing' : wrong.join('; '),
    String(gaveUp),
    `${(longestWaitMs / 1000).toFixed(1)} s`,
  ];
}
