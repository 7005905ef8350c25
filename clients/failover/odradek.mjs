import { availableParallelism } from 'node:os';
import { startCluster, version } from '../../dist/index.js';

const controllersOf = { leaders: 1, controllers: 3 };
/** Between two nodes. Without it no record would ever be on its leader only when that crashes. */
const network = { latencyMs: 1, jitterMs: 4 };

const eventsShown = 300;

/** Three brokers in this process for each run, so that nothing is polled: a wait is for an event. */
export function odradek(knobs) {
  return {
    id: 'odradek',
    title: `Odradek ${version}`,
    width: availableParallelism(),
    modes: ['leaders', 'controllers'],
    without: [],
    async start({ mode, seed, topic, config }) {
      const options = { controllers: controllersOf[mode], seed, config, knobs };
      const cluster = await startCluster(options);
      slowDown(cluster);
      return new OdradekCluster(cluster, topic);
    },
  };
}

function slowDown(cluster) {
  const ids = [...cluster.brokers, ...cluster.controllers].map(({ id }) => id);
  for (const one of ids) {
    for (const other of ids) if (one < other) cluster.slow(one, other, network);
  }
}

class OdradekCluster {
  #cluster;
  #topic;

  constructor(cluster, topic) {
    this.#cluster = cluster;
    this.#topic = topic;
  }

  get bootstrapServers() {
    return this.#cluster.bootstrapServers;
  }

  close() {
    return this.#cluster.close();
  }

  /** What there is to see of it, for the log of a run that fails. */
  describe() {
    const lines = [this.#cluster.status(), ...this.#cluster.events().slice(-eventsShown)];
    return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  }

  /** Resolves when every replica is in sync. */
  whole() {
    return this.#until(() => this.#partitions.every(({ isr }) => isr.length === 3));
  }

  /** The nodes that a strike is to hit, once they are there. */
  async victims({ leader, controller, partition }) {
    const wanted = () => [
      ...(leader ? [this.#partitions[partition].leader] : []),
      ...(controller ? [this.#cluster.activeController] : []),
    ];
    await this.#until(() => wanted().every((node) => node?.isRunning));
    return wanted();
  }

  /** Resolves when the others have noticed. */
  async strike(kind, node) {
    if (kind === 'kill') return node.crash();
    if (kind === 'power cut') return node.crash({ lose: 'unflushed' });
    node.pause();
    return this.#until(() => this.#isReplaced(node));
  }

  async mend(kind, node) {
    if (kind === 'pause') node.resume();
    else await node.restart();
  }

  #isReplaced(node) {
    const { activeController } = this.#cluster;
    if ('isActive' in node) return activeController !== undefined && activeController !== node;
    return this.#partitions.every(({ leader }) => leader !== node);
  }

  get #partitions() {
    return this.#cluster.topic(this.#topic).partitions;
  }

  #until(predicate) {
    return this.#cluster.until(predicate, { withinMs: 30_000 });
  }
}
