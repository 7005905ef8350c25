import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/simulation/clock.ts';

describe('VirtualClock', () => {
  test('runs deadlines in order and equal ones in the order they were set', () => {
    const clock = new VirtualClock(1000);
    const ran: string[] = [];
    clock.after(20, () => ran.push(`c${clock.now()}`));
    clock.after(10, () => ran.push(`a${clock.now()}`));
    clock.after(10, () => ran.push(`b${clock.now()}`));
    clock.advanceTo(1015);
    expect(ran).toEqual(['a1010', 'b1010']);
    expect(clock.now()).toBe(1015);
    clock.advanceTo(1020);
    expect(ran).toEqual(['a1010', 'b1010', 'c1020']);
  });

  test('what an event sets runs in the same advance when it is due by then', () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    const again = () => {
      ran.push(clock.now());
      clock.after(3, again);
    };
    clock.after(3, again);
    clock.advanceTo(10);
    expect(ran).toEqual([3, 6, 9]);
    expect(clock.nextDeadline()).toBe(12);
  });

  test('rounds a part of a millisecond up and a negative delay to now', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.after(0.2, () => ran.push('one'));
    clock.after(-5, () => ran.push('now'));
    clock.settle();
    expect(ran).toEqual(['now']);
    clock.advanceTo(1);
    expect(ran).toEqual(['now', 'one']);
  });

  test('a cancelled deadline does not run, not even cancelled by its neighbour', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const first = clock.after(5, () => {
      ran.push('first');
      second.cancel();
      first.cancel();
    });
    const second = clock.after(5, () => ran.push('second'));
    clock.advanceTo(5);
    expect(ran).toEqual(['first']);
    expect(clock.nextDeadline()).toBeUndefined();
  });

  test('never goes back', () => {
    const clock = new VirtualClock(100);
    clock.advanceTo(50);
    expect(clock.now()).toBe(100);
  });

  test('the end of an instant comes when nothing more is due, and before time moves on', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name}@${clock.now()}`);
    clock.after(5, () => {
      clock.atInstantEnd(note('end'));
      clock.after(0, note('due now'));
      clock.after(1, note('later'));
    });
    clock.after(5, note('second'));
    clock.advanceTo(10);
    expect(ran).toEqual(['second@5', 'due now@5', 'end@5', 'later@6']);
  });

  test('the end of an instant may make more due in it, and has its own end again', () => {
    const clock = new VirtualClock(7);
    const ran: string[] = [];
    clock.atInstantEnd(() => {
      ran.push('end');
      clock.after(0, () => {
        ran.push('more');
        clock.atInstantEnd(() => ran.push('end again'));
      });
    });
    expect(clock.nextDeadline()).toBe(7);
    clock.settle();
    expect(ran).toEqual(['end', 'more', 'end again']);
    expect(clock.nextDeadline()).toBeUndefined();
  });

  test('refuses to be moved by an event of its own', () => {
    const clock = new VirtualClock();
    clock.after(1, () => clock.advanceTo(5));
    expect(() => clock.advanceTo(1)).toThrow(/an event moves the clock/);
    clock.advanceTo(2); // an error in an event does not leave it locked
    expect(clock.now()).toBe(2);
  });

  test('refuses a delay that is no number', () => {
    expect(() => new VirtualClock().after(Number.NaN, () => {})).toThrow(/number of milliseconds/);
  });

  test('a loop within one instant is found', () => {
    const clock = new VirtualClock();
    const again = () => void clock.after(0, again);
    again();
    expect(() => clock.settle()).toThrow(/time stands still/);
  });
});
