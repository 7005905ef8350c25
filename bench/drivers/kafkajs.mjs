// kafkajs as a JavaScript user feels it.
import { fileURLToPath } from 'node:url';
import { run } from '../processes.mjs';

const client = fileURLToPath(new URL('kafkajs-client.mjs', import.meta.url));

/** One record after another, each awaited, per second; 1,100 in all. */
export async function oneAfterAnother(session, topic) {
  return JSON.parse(await run(process.execPath, [client, session.bootstrap, topic]));
}
