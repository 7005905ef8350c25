import { assert } from '../../src/assert.ts';
import type { Client, Door, Outcome } from '../../src/broker/door.ts';
import type { NodeState } from '../../src/cluster/broker-seat.ts';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import type { ConnectionLimits } from '../../src/server/connection.ts';
import type { Json } from '../../src/server/recording.ts';
import type { World } from '../../src/server/world.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { Network } from '../../src/simulation/network.ts';
import { Random } from '../../src/simulation/random.ts';
import { framed } from './framed.ts';

type Reply = (outcome: Outcome) => void;

/**
 * The least that is a cluster to the server floor: brokers that obey the text of a frame.
 * `echo TEXT`, `wait MS TEXT`, `park TEXT` … `wake` (of any client), `chance TEXT` (after a random
 * time), `big BYTES`, `silent`, `close`, `bad`, `bug`, `twice`.
 */
export class ToyWorld implements World {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly trace: string[] = [];
  readonly #random: Random;
  readonly #limits: ConnectionLimits;
  readonly #listeners: ((brokerId: number, state: NodeState) => void)[] = [];
  readonly #stopped = new Set<number>();
  readonly #paused = new Set<number>();
  #parked: (() => void)[] = [];

  constructor(
    options: { startMs?: number; seed?: number; limits?: Partial<ConnectionLimits> } = {},
  ) {
    this.clock = new VirtualClock(options.startMs ?? 0);
    this.#random = new Random(options.seed ?? 1);
    this.network = new Network({
      clock: this.clock,
      random: this.#random.fork('network'),
      emit: (event) => this.#note(event.type),
    });
    this.#limits = { frameMaxBytes: 100 << 20, idleMaxMs: 600_000, ...options.limits };
  }

  door(brokerId: number): Door {
    return {
      receive: (frame, client, reply) => {
        assert(!this.#stopped.has(brokerId), `broker ${brokerId} is stopped`);
        this.#receive(frame.toString('latin1'), this.#nameOf(brokerId, client), reply);
      },
      disconnected: (client) => this.#note(`${this.#nameOf(brokerId, client)} disconnected`),
    };
  }

  limits(): ConnectionLimits {
    return this.#limits;
  }

  operate(verb: string, args: readonly Json[]): void {
    const brokerId = Number(args[0]);
    this.#note(`${verb} ${brokerId}`);
    const verbs: Record<string, () => void> = {
      crash: () => this.#stopped.add(brokerId),
      restart: () => this.#stopped.delete(brokerId),
      pause: () => this.#paused.add(brokerId),
      resume: () => this.#paused.delete(brokerId),
    };
    const run = verbs[verb];
    if (run === undefined) throw new Error(`no verb ${verb}`);
    run();
    for (const listener of this.#listeners) listener(brokerId, this.state(brokerId));
  }

  state(brokerId: number): NodeState {
    if (this.#stopped.has(brokerId)) return 'stopped';
    return this.#paused.has(brokerId) ? 'paused' : 'running';
  }

  onBrokerState(listener: (brokerId: number, state: NodeState) => void): void {
    this.#listeners.push(listener);
  }

  #receive(text: string, from: string, reply: Reply): void {
    const [verb = '', argument = ''] = text.split(' ');
    this.#note(`${from} ${text.slice(0, 40)}`);
    const rest = text.slice(verb.length + 1);
    const verbs: Record<string, () => void> = {
      echo: () => reply([framed(rest)]),
      wait: () => {
        this.clock.after(Number(argument), () => reply([framed(rest.slice(argument.length + 1))]));
      },
      park: () => this.#parked.push(() => reply([framed(rest)])),
      wake: () => {
        for (const wake of this.#parked.splice(0)) wake();
        reply([framed('woken')]);
      },
      chance: () => {
        const delayMs = this.#random.below(50);
        this.clock.after(delayMs, () => {
          this.#note(`${from} had to wait ${delayMs}`);
          reply([framed(`${rest} ${delayMs}`)]);
        });
      },
      big: () => reply([framed(Buffer.alloc(Number(argument), 'x'))]),
      silent: () => reply('no-reply'),
      close: () => reply('close'),
      twice: () => {
        reply('no-reply');
        reply('no-reply');
      },
      bug: () => assert(false, 'the high watermark is beyond the end'),
    };
    const run = verbs[verb];
    if (run === undefined) throw new MalformedFrame(`no verb ${verb}`);
    run();
  }

  #nameOf(brokerId: number, client: Client): string {
    return `broker ${brokerId} client ${client.connectionId}`;
  }

  #note(text: string): void {
    this.trace.push(`${this.clock.now()} ${text}`);
  }
}
