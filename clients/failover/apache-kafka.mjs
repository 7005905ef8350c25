import { setTimeout as delay } from 'node:timers/promises';
import { realKafka } from '../runner/targets.mjs';
import { Wire } from './wire.mjs';

const patienceMs = 60_000;

/** Three brokers, which all runs share: one run at a time. There is one controller, and it stays. */
export async function apacheKafka(log, configs) {
  const quick = { 'broker.session.timeout.ms': 2000, 'broker.heartbeat.interval.ms': 300 };
  const settings = Object.entries({ ...quick, ...configs }).map((each) => each.join('='));
  const { id, title, command, cluster } = await realKafka(log, settings);
  const { bootstrapServers } = await cluster();
  return {
    ...{ id, title },
    width: 1,
    modes: ['leaders'],
    without: ['power cut'],
    async start({ topic }) {
      const wire = await Wire.open(bootstrapServers, topic);
      return new ApacheKafkaCluster(bootstrapServers, wire, command);
    },
  };
}

/** The same as OdradekCluster; who leads has to be asked again and again. A node is its id. */
class ApacheKafkaCluster {
  #wire;
  #command;

  constructor(bootstrapServers, wire, command) {
    this.bootstrapServers = bootstrapServers;
    this.#wire = wire;
    this.#command = command;
  }

  close() {
    return this.#wire.close();
  }

  describe() {
    return 'see kafka.log, beside this one\n';
  }

  whole() {
    return this.#until((partitions) => partitions.every(({ isr }) => isr.length === 3));
  }

  async victims({ partition }) {
    const partitions = await this.#until((all) => all[partition].leader >= 0);
    return [partitions[partition].leader];
  }

  async strike(kind, node) {
    await this.#command(kind, node);
    await this.#until((partitions) => partitions.every(({ leader }) => leader !== node));
  }

  mend(kind, node) {
    return this.#command(kind === 'pause' ? 'resume' : 'restart', node);
  }

  async #until(predicate) {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      // A partition without a leader is an error in kafkajs.
      const partitions = await this.#wire.partitions().catch(() => []);
      if (partitions.length > 0 && predicate(partitions)) return partitions;
      await delay(100);
    }
    throw new Error(`the cluster did not get there within ${patienceMs / 1000} s`);
  }
}
