import { onTestFinished } from 'vitest';
import { startCluster } from '../../src/index.ts';
import { encodeRequest } from '../../src/protocol/header.ts';
import { apis } from '../../src/protocol/messages/index.ts';
import { RawClient } from '../server/raw-client.ts';

/** A broker to be hostile to: a real one where KAFKA_BOOTSTRAP names it, else one of ours. */
export async function startTarget() {
  const [given] = (process.env.KAFKA_BOOTSTRAP ?? '').split(',');
  if (given) return targetAt(given);
  const config = { 'auto.create.topics.enable': false };
  const cluster = await startCluster({ brokers: 1, seed: 3, topics: { orders: {} }, config });
  onTestFinished(() => cluster.close());
  return targetAt(cluster.brokerList[0]!);
}

function targetAt(address: string) {
  const [host = '', port = ''] = address.split(':');
  const connect = () => RawClient.connect(Number(port), host === 'localhost' ? '127.0.0.1' : host);
  return {
    port: Number(port),
    connect,
    startBystander: async () => new Bystander(await connect()),
  };
}

/** Somebody else's connection, which must not notice anything. */
class Bystander {
  readonly #client: RawClient;
  #correlationId = 0;

  constructor(client: RawClient) {
    this.#client = client;
  }

  /** Throws unless the broker answers this request, and with this correlation id. */
  async check(): Promise<void> {
    const correlationId = ++this.#correlationId;
    this.#client.send(encodeRequest(apis.ApiVersions, 0, correlationId, 'bystander', anyone));
    const frame = await this.#client.nextFrame();
    if (frame === undefined) throw new Error('the bystander was cut off');
    if (frame.readInt32BE(0) !== correlationId || frame.readInt16BE(4) !== 0) {
      throw new Error(`the bystander got ${frame.subarray(0, 10).toString('hex')}`);
    }
  }

  close(): void {
    this.#client.close();
  }
}

const anyone = { clientSoftwareName: 'bystander', clientSoftwareVersion: '1' };

export type Verdict = 'answers' | 'closes' | 'waits';

/** What became of a connection by the time the bystander has been answered so many times. */
export async function verdictOn(
  client: RawClient,
  bystander: { check(): Promise<void> },
): Promise<Verdict> {
  const event = client.nextFrame().then((frame) => (frame === undefined ? 'closes' : 'answers'));
  const rounds = process.env.KAFKA_BOOTSTRAP ? 200 : 5;
  let verdict: Verdict | undefined;
  event.then((happened) => {
    verdict = happened;
  });
  for (let round = 0; round < rounds && verdict === undefined; round++) await bystander.check();
  return verdict ?? 'waits';
}
