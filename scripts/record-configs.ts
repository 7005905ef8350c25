/**
 * Asks a running Kafka every question of a fixture of test/fixtures/configs and writes the answers
 * into it. The broker must be new and started with the fixture's `static` configs. Node 22.18 on:
 *
 *     node scripts/record-configs.ts localhost:9092 test/fixtures/configs/<name>.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../src/protocol/api.ts';
import { decodeResponse, encodeRequest } from '../src/protocol/header.ts';
import { AlterConfigs } from '../src/protocol/messages/alter-configs.ts';
import { CreateTopics } from '../src/protocol/messages/create-topics.ts';
import { DescribeConfigs } from '../src/protocol/messages/describe-configs.ts';
import { IncrementalAlterConfigs } from '../src/protocol/messages/incremental-alter-configs.ts';
import type { ConfigStep } from '../test/config/config-step.ts';

const [address = '', path = ''] = process.argv.slice(2);
const [host = '', port = ''] = address.split(':');

function ask<Q, S>(api: Api<Q, S>, version: number, body: Q): Promise<S> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => {
      socket.write(encodeRequest(api, version, 1, 'record-configs', body));
    });
    let received = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      socket.end();
      resolve(decodeResponse(api, version, received.subarray(4)).body);
    });
  });
}

const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);

async function answer(step: ConfigStep): Promise<ConfigStep['answer']> {
  const { name, validateOnly = false } = step;
  const resource = { resourceType: step.type ?? 2, resourceName: name };
  switch (step.do) {
    case 'create': {
      const configs = step.configs.map(([key, value]) => ({ name: key, value }));
      const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs };
      const request = { topics: [topic], timeoutMs: 10_000, validateOnly };
      const { topics } = await ask(CreateTopics, 7, request);
      const { errorCode, errorMessage, configs: made } = topics[0]!;
      const told = (made ?? []).filter((one) => configs.length === 0 || one.configSource !== 5);
      return { errorCode, errorMessage, configs: told.sort(byName) };
    }
    case 'describe': {
      const resources = [{ ...resource, configurationKeys: step.keys }];
      const request = { resources, includeSynonyms: true, includeDocumentation: false };
      const { errorCode, errorMessage, configs } = (await ask(DescribeConfigs, 4, request))
        .results[0]!;
      return { errorCode, errorMessage, configs: [...configs].sort(byName) };
    }
    case 'alter': {
      const configs = step.configs.map(([key, value]) => ({ name: key, value }));
      const request = { resources: [{ ...resource, configs }], validateOnly };
      const { errorCode, errorMessage } = (await ask(AlterConfigs, 2, request)).responses[0]!;
      return { errorCode, errorMessage };
    }
    case 'incremental': {
      const configs = step.configs.map(([key, configOperation, value]) => ({
        ...{ name: key, configOperation, value },
      }));
      const request = { resources: [{ ...resource, configs }], validateOnly };
      const { errorCode, errorMessage } = (await ask(IncrementalAlterConfigs, 1, request))
        .responses[0]!;
      return { errorCode, errorMessage };
    }
  }
}

const session: { static: Record<string, string>; steps: ConfigStep[] } = JSON.parse(
  readFileSync(path, 'utf8'),
);
const steps: ConfigStep[] = [];
for (const step of session.steps) {
  steps.push({ ...step, answer: await answer(step) });
  // a change reaches the broker through the metadata log, some time after its answer
  if (step.do !== 'describe' && step.validateOnly !== true) await sleep(100);
}
const lines = steps.map((step) => JSON.stringify(step)).join(',\n');
writeFileSync(path, `{\n"static": ${JSON.stringify(session.static)},\n"steps": [\n${lines}\n]}\n`);
