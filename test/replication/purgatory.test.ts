import { expect, test } from 'vitest';
import { Purgatory } from '../../src/replication/purgatory.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';

function parked(timeoutMs: number) {
  const clock = new VirtualClock();
  const purgatory = new Purgatory(clock);
  const state = { ready: false, looks: 0, outcome: '' };
  const ticket = purgatory.park(
    {
      tryComplete: () => {
        state.looks++;
        if (state.ready) state.outcome += 'completed';
        return state.ready;
      },
      expire: () => {
        state.outcome += 'expired';
      },
    },
    timeoutMs,
  );
  return { clock, purgatory, state, ticket };
}

test('many wake-ups of one instant are one look, after what is under way', () => {
  const { clock, state, ticket } = parked(1000);
  ticket.wake();
  ticket.wake();
  expect(state.looks).toBe(0);
  clock.settle();
  expect(state.looks).toBe(1);
});

test('it completes once it can, and then expires no more', () => {
  const { clock, purgatory, state, ticket } = parked(1000);
  state.ready = true;
  ticket.wake();
  clock.advanceTo(5000);
  expect(state.outcome).toBe('completed');
  expect(purgatory.size).toBe(0);
});

test('it expires at its deadline, once, and wakes no more', () => {
  const { clock, purgatory, state, ticket } = parked(1000);
  clock.advanceTo(999);
  expect(state.outcome).toBe('');
  clock.advanceTo(1000);
  state.ready = true;
  ticket.wake();
  clock.advanceTo(5000);
  expect(state.outcome).toBe('expired');
  expect(purgatory.size).toBe(0);
});

test('a process that has ended replies to nobody', () => {
  const { clock, purgatory, state, ticket } = parked(1000);
  state.ready = true;
  purgatory.close();
  ticket.wake();
  clock.advanceTo(5000);
  expect(state.outcome).toBe('');
});
