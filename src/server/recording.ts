import type { Clock } from '../simulation/clock.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** All that reaches a cluster from outside. The rest follows from it, the seed and the options. */
export type Input =
  | {
      readonly type: 'opened';
      readonly connectionId: number;
      readonly brokerId: number;
      readonly host: string;
    }
  | { readonly type: 'received'; readonly connectionId: number; readonly bytes: Uint8Array }
  | { readonly type: 'ended' | 'drained' | 'closed'; readonly connectionId: number }
  /** The `send`-th piece of replies, from 1, was not wholly on its way at once. */
  | { readonly type: 'blocked'; readonly connectionId: number; readonly send: number }
  /** A verb of the operator: `crash`, `[1]`. */
  | { readonly type: 'operate'; readonly verb: string; readonly args: readonly Json[] };

export interface Recorded {
  readonly atMs: number;
  readonly input: Input;
}

/** A run that can be run again: with the same code, the same trace. */
export interface Recording {
  readonly seed: number;
  readonly options: Json;
  readonly startMs: number;
  readonly endMs: number;
  readonly inputs: readonly Recorded[];
}

/** Keeps every input of a run in memory. */
export class Recorder {
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #options: Json;
  readonly #startMs: number;
  readonly #inputs: Recorded[] = [];

  constructor(run: { clock: Clock; seed: number; options: Json }) {
    this.#clock = run.clock;
    this.#seed = run.seed;
    this.#options = run.options;
    this.#startMs = run.clock.now();
  }

  /** Keeps a copy: the bytes of an input are borrowed. */
  record(input: Input): void {
    const kept =
      input.type === 'received' ? { ...input, bytes: Uint8Array.from(input.bytes) } : input;
    this.#inputs.push({ atMs: this.#clock.now(), input: kept });
  }

  /** The run up to now. */
  recording(): Recording {
    return {
      seed: this.#seed,
      options: this.#options,
      startMs: this.#startMs,
      endMs: this.#clock.now(),
      inputs: this.#inputs.slice(),
    };
  }
}
