import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { Process } from '../../src/simulation/process.ts';

function world() {
  const clock = new VirtualClock();
  return { clock, process: new Process(1, clock), seen: [] as string[] };
}

test('a process sees the one clock', () => {
  const { clock, process, seen } = world();
  process.after(10, () => seen.push(`at ${process.now()}`));
  clock.advanceTo(20);
  expect(seen).toEqual(['at 10']);
  expect(process.now()).toBe(20);
});

test('what comes due and what arrives during a pause waits, and runs in that order', () => {
  const { clock, process, seen } = world();
  process.after(10, () => seen.push('timer'));
  process.after(30, () => seen.push('later'));
  process.pause();
  clock.after(5, () => process.deliver(() => seen.push('message')));
  clock.advanceTo(20);
  expect(seen).toEqual([]);
  process.resume();
  clock.settle();
  expect(seen).toEqual(['message', 'timer']);
  clock.advanceTo(30);
  expect(seen).toEqual(['message', 'timer', 'later']);
});

test('what was cancelled does not run, not even when it came due during a pause', () => {
  const { clock, process, seen } = world();
  const early = process.after(10, () => seen.push('early'));
  const late = process.after(10, () => seen.push('late'));
  early.cancel();
  process.pause();
  clock.advanceTo(20);
  late.cancel();
  process.resume();
  clock.settle();
  expect(seen).toEqual([]);
});

test('a second pause holds what the first one held', () => {
  const { clock, process, seen } = world();
  process.pause();
  process.deliver(() => seen.push('message'));
  process.resume();
  process.pause();
  clock.settle();
  expect(seen).toEqual([]);
  process.resume();
  clock.settle();
  expect(seen).toEqual(['message']);
});

test('after its end nothing of a process happens', () => {
  const { clock, process, seen } = world();
  process.after(10, () => seen.push('timer'));
  process.pause();
  process.deliver(() => seen.push('held'));
  process.end();
  process.resume();
  process.deliver(() => seen.push('message'));
  clock.advanceTo(100);
  expect(seen).toEqual([]);
  expect(process.isAlive).toBe(false);
});
