import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { stopOnSignal } from '../../src/cli/stop-on-signal.ts';

class Signals extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

test('the first Ctrl-C stops, the second one exits with 130 without waiting', () => {
  const signals = new Signals();
  let stops = 0;
  stopOnSignal(signals, () => stops++);
  signals.emit('SIGINT');
  expect([stops, signals.exits]).toEqual([1, []]);
  signals.emit('SIGINT');
  expect([stops, signals.exits]).toEqual([1, [130]]);
});

test('a container that is stopped is asked once: SIGTERM counts like Ctrl-C', () => {
  const signals = new Signals();
  let stops = 0;
  stopOnSignal(signals, () => stops++);
  signals.emit('SIGTERM');
  signals.emit('SIGINT');
  expect([stops, signals.exits]).toEqual([1, [130]]);
});
