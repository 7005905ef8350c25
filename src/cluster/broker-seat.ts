import { Broker } from '../broker/broker.ts';
import type { Loss } from '../broker/broker-event.ts';
import { ClientDoor } from '../broker/client-door.ts';
import type { Door } from '../broker/door.ts';
import { RequestCensus } from '../broker/request-census.ts';
import type { ConfigMap } from '../config/dynamic-configs.ts';
import type { Endpoint } from '../controller/metadata-records.ts';
import { LogStore } from '../replication/log-store.ts';
import type { Clock } from '../simulation/clock.ts';
import { Process } from '../simulation/process.ts';

export interface BrokerDefinition {
  readonly brokerId: number;
  readonly configs: ConfigMap;
}

export type NodeState = 'running' | 'paused' | 'stopped';

interface BrokerSeatOptions {
  readonly definition: BrokerDefinition;
  readonly clock: Clock;
  /** What a broker needs of the cluster around it. */
  readonly surroundings: (
    process: Process,
    start: number,
  ) => Omit<
    ConstructorParameters<typeof Broker>[0],
    'brokerId' | 'incarnation' | 'endpoint' | 'configs' | 'logs' | 'clock'
  >;
  /** A process has ended, and its connections with it. */
  readonly ended: (process: Process) => void;
  readonly stateChanged: (state: NodeState) => void;
}

interface Running {
  readonly process: Process;
  readonly broker: Broker;
  readonly door: Door;
}

/** A broker's place in the cluster: address and disk stay while its process comes and goes. */
export class BrokerSeat {
  readonly definition: BrokerDefinition;
  readonly census = new RequestCensus();
  endpoint: Endpoint = { host: 'localhost', port: 0 };
  readonly #options: BrokerSeatOptions;
  #logs = new LogStore();
  #starts = 0;
  #running: Running | undefined;

  constructor(options: BrokerSeatOptions) {
    this.#options = options;
    this.definition = options.definition;
  }

  get state(): NodeState {
    if (this.#running === undefined) return 'stopped';
    return this.#running.process.isPaused ? 'paused' : 'running';
  }

  get logs(): LogStore {
    return this.#logs;
  }

  get process(): Process | undefined {
    return this.#running?.process;
  }

  get broker(): Broker | undefined {
    return this.#running?.broker;
  }

  get door(): Door | undefined {
    return this.#running?.door;
  }

  /** Starts a process on the disk that the last one left. Does nothing while one runs. */
  start(): void {
    if (this.#running !== undefined) return;
    const { definition, clock, surroundings, stateChanged } = this.#options;
    const start = ++this.#starts;
    const process = new Process(definition.brokerId, clock);
    const broker = new Broker({
      ...definition,
      ...surroundings(process, start),
      incarnation: start,
      endpoint: this.endpoint,
      logs: this.#logs,
      clock: process,
    });
    this.#running = { process, broker, door: new ClientDoor(broker, this.census) };
    broker.start();
    stateChanged('running');
  }

  /** Ends the process as `kill -9` does, or worse. Does nothing when none runs. */
  crash(loss: Loss): void {
    const running = this.#running;
    if (running === undefined) return;
    running.broker.stop();
    running.broker.emit({ type: 'broker-crashed', loss });
    if (loss === 'unflushed') this.#logs.losePower();
    if (loss === 'all') this.#logs = new LogStore();
    this.#end(running);
  }

  /** Lets the process hand over what it leads and end in good order, as SIGTERM does. */
  shutdown(): void {
    const running = this.#running;
    running?.process.deliver(() => running.broker.shutdown(() => this.#end(running)));
  }

  /** Nothing of the process happens any more until it is resumed; its connections stay. */
  pause(): void {
    if (this.state !== 'running') return;
    this.process?.pause();
    this.broker?.emit({ type: 'broker-paused' });
    this.#options.stateChanged('paused');
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.broker?.emit({ type: 'broker-resumed' });
    this.process?.resume();
    this.#options.stateChanged('running');
  }

  #end(running: Running): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    running.process.end();
    this.#options.ended(running.process);
    this.#options.stateChanged('stopped');
  }
}
