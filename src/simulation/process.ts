import type { Clock, Timer } from './clock.ts';
import type { NodeId } from './network.ts';

class Task implements Timer {
  /** undefined: it has run or is cancelled. */
  run: (() => void) | undefined;
  timer: Timer | undefined;

  constructor(run: () => void) {
    this.run = run;
  }

  cancel(): void {
    this.run = undefined;
    this.timer?.cancel();
  }
}

/**
 * One process of a node: the clock as it sees it, and the way in for its messages. While it is
 * paused (a long garbage collection, SIGSTOP) nothing of it happens: what comes due waits in order.
 * After its end nothing of it ever happens.
 */
export class Process implements Clock {
  readonly nodeId: NodeId;
  readonly #clock: Clock;
  #state: 'running' | 'paused' | 'ended' = 'running';
  #waiting: Task[] = [];

  constructor(nodeId: NodeId, clock: Clock) {
    this.nodeId = nodeId;
    this.#clock = clock;
  }

  get isAlive(): boolean {
    return this.#state !== 'ended';
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, run: () => void): Timer {
    const task = new Task(run);
    task.timer = this.#clock.after(delayMs, () => this.#due(task));
    return task;
  }

  atInstantEnd(run: () => void): void {
    this.#clock.atInstantEnd(() => this.deliver(run));
  }

  /** Something reaches the process: it runs now, when the process goes on, or never. */
  deliver(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'paused') this.#waiting.push(new Task(run));
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** Goes on: what came due meanwhile runs first, in the order in which it did. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) this.#clock.after(0, () => this.#due(task));
  }

  end(): void {
    this.#state = 'ended';
    this.#waiting = [];
  }

  #due(task: Task): void {
    const { run } = task;
    if (run === undefined || this.#state === 'ended') return;
    if (this.#state === 'paused') {
      this.#waiting.push(task);
      return;
    }
    task.run = undefined;
    run();
  }
}
