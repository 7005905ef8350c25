import { describe, expect, test } from 'vitest';
import { Pacemaker } from '../../src/server/pacemaker.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { FakeWallClock } from './fake-wall-clock.ts';

const unexpected = (error: unknown) => expect.fail(String(error));

function setUp(options: { rate?: number } = {}) {
  const clock = new VirtualClock(1_000_000);
  const wall = new FakeWallClock();
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  const pacemaker = new Pacemaker({ clock, wall, onFailure, ...options });
  const ran: string[] = [];
  const set = (name: string, delayMs: number) =>
    pacemaker.perform(() => clock.after(delayMs, () => ran.push(`${name}+${sinceStart()}`)));
  const sinceStart = () => clock.now() - 1_000_000;
  return { clock, wall, failures, pacemaker, ran, set, sinceStart };
}

describe('Pacemaker', () => {
  test('brings the clock to wall time before an event, in whole milliseconds', () => {
    const { pacemaker, wall, sinceStart } = setUp();
    wall.pass(12.7);
    expect(sinceStart()).toBe(0); // nothing to wake up for
    const seen = pacemaker.perform(sinceStart);
    expect(seen).toBe(12);
    wall.pass(0.4);
    expect(pacemaker.perform(sinceStart)).toBe(13); // fractions are not lost
  });

  test('a deadline fires by itself when wall time comes to it', () => {
    const { wall, ran, set } = setUp();
    set('b', 500);
    set('a', 200);
    wall.pass(199);
    expect(ran).toEqual([]);
    wall.pass(1);
    expect(ran).toEqual(['a+200']);
    wall.pass(300);
    expect(ran).toEqual(['a+200', 'b+500']);
    expect(wall.armed).toBe(0);
  });

  test('a deadline set before there was a pacemaker fires, too', () => {
    const clock = new VirtualClock();
    const wall = new FakeWallClock();
    let fired = false;
    clock.after(5, () => {
      fired = true;
    });
    new Pacemaker({ clock, wall, onFailure: unexpected });
    wall.pass(5);
    expect(fired).toBe(true);
  });

  test('settles what an event makes due at once', () => {
    const { pacemaker, clock, ran } = setUp();
    pacemaker.deliver(() => void clock.after(0, () => ran.push('due')));
    expect(ran).toEqual(['due']);
  });

  test('at rate 10 half a virtual second takes 50 ms', () => {
    const { wall, ran, set } = setUp({ rate: 10 });
    set('a', 500);
    wall.pass(49);
    expect(ran).toEqual([]);
    wall.pass(1);
    expect(ran).toEqual(['a+500']);
  });

  test('paused: inputs are handled, time stands; resumed: it goes on from there', () => {
    const { pacemaker, wall, ran, set, sinceStart } = setUp();
    set('a', 100);
    wall.pass(40);
    pacemaker.setRate(0);
    wall.pass(3_600_000);
    expect(pacemaker.perform(sinceStart)).toBe(40);
    pacemaker.setRate(2);
    wall.pass(29);
    expect(ran).toEqual([]);
    wall.pass(1);
    expect(ran).toEqual(['a+100']);
  });

  test('a change of rate keeps the time so far', () => {
    const { pacemaker, wall, sinceStart } = setUp();
    wall.pass(100);
    pacemaker.setRate(10);
    wall.pass(10);
    pacemaker.setRate(0.5);
    wall.pass(100);
    expect(pacemaker.perform(sinceStart)).toBe(250);
  });

  test('step runs the next instant of a paused cluster, and says when there is none', () => {
    const { pacemaker, ran, set } = setUp({ rate: 0 });
    set('a', 100);
    set('b', 100);
    set('c', 9000);
    expect(pacemaker.step()).toBe(true);
    expect(ran).toEqual(['a+100', 'b+100']);
    expect(pacemaker.step()).toBe(true);
    expect(ran).toEqual(['a+100', 'b+100', 'c+9000']);
    expect(pacemaker.step()).toBe(false);
  });

  test('advance moves time by hand, and wall time goes on from there', () => {
    const { pacemaker, wall, ran, set, sinceStart } = setUp();
    set('a', 60_000);
    pacemaker.advance(60_000);
    expect(ran).toEqual(['a+60000']);
    wall.pass(5);
    expect(pacemaker.perform(sinceStart)).toBe(60_005);
  });

  test('advance goes on from a clock that somebody else has moved', () => {
    const { pacemaker, clock, sinceStart } = setUp();
    clock.advanceTo(clock.now() + 1000);
    pacemaker.advance(10);
    expect(sinceStart()).toBe(1010);
  });

  test('a laptop that slept an hour resumes where it was', () => {
    const { wall, ran, set, pacemaker, sinceStart } = setUp();
    set('session', 10_000);
    set('fetch', 500);
    wall.pass(100);
    wall.sleep(3_600_000);
    expect(ran).toEqual(['fetch+500']); // the wake-up under way is granted, the rest is not
    expect(pacemaker.perform(sinceStart)).toBe(500);
    wall.pass(9499);
    expect(ran).toEqual(['fetch+500']);
    wall.pass(1);
    expect(ran).toEqual(['fetch+500', 'session+10000']);
  });

  test('bytes that arrive before the late wake-up find the same time', () => {
    const { wall, set, pacemaker, sinceStart } = setUp();
    set('fetch', 500);
    wall.stall(3_600_000);
    expect(pacemaker.perform(sinceStart)).toBe(500);
  });

  test('paused while the process slept, it resumes where it was', () => {
    const { pacemaker, wall, ran, set } = setUp();
    set('a', 100);
    pacemaker.setRate(0);
    wall.stall(3_600_000);
    pacemaker.setRate(1);
    wall.pass(99);
    expect(ran).toEqual([]);
    wall.pass(1);
    expect(ran).toEqual(['a+100']);
  });

  test('a stall shorter than the cap is time like any other', () => {
    const { wall, ran, set } = setUp();
    set('a', 100);
    set('b', 4000);
    wall.sleep(5000);
    expect(ran).toEqual(['a+100', 'b+4000']);
  });

  test('one wake-up serves many long polls that are answered early', () => {
    const { wall, pacemaker, clock } = setUp();
    for (let request = 0; request < 1000; request++) {
      const parked = pacemaker.perform(() => clock.after(500, () => {}));
      pacemaker.deliver(() => parked.cancel());
      wall.pass(0.01);
    }
    expect(wall.wakes).toBe(1);
  });

  test('far deadlines are waited for in pieces', () => {
    const { wall, ran, set } = setUp();
    const monthMs = 30 * 24 * 3_600_000; // more than a Node timer can hold
    set('a', monthMs);
    wall.pass(monthMs);
    expect(ran).toEqual([`a+${monthMs}`]);
  });
});

describe('events', () => {
  test('one delivered inside an event runs right after it, at its own time', () => {
    const { pacemaker, clock, ran } = setUp();
    pacemaker.deliver(() => {
      pacemaker.deliver(() => ran.push('inner'));
      clock.after(0, () => ran.push('due'));
      ran.push('outer');
    });
    expect(ran).toEqual(['outer', 'due', 'inner']);
  });

  test('perform returns and throws what the event does, and the cluster runs on', () => {
    const { pacemaker, failures } = setUp();
    expect(pacemaker.perform(() => 7)).toBe(7);
    expect(() =>
      pacemaker.perform(() => {
        throw new Error('unknown broker');
      }),
    ).toThrow('unknown broker');
    expect(pacemaker.perform(() => 8)).toBe(8);
    expect(failures).toEqual([]);
  });

  test('perform inside an event is refused', () => {
    const { pacemaker, failures } = setUp();
    pacemaker.deliver(() => pacemaker.perform(() => 1));
    expect(String(failures)).toMatch(/perform inside an event/);
  });

  test('what an event throws is reported once, and nothing runs after it', () => {
    const { pacemaker, clock, wall, failures, ran, set } = setUp();
    set('later', 10);
    pacemaker.deliver(() => {
      pacemaker.deliver(() => ran.push('queued'));
      throw new Error('bug');
    });
    pacemaker.deliver(() => ran.push('next'));
    wall.pass(100);
    expect(String(failures)).toBe('Error: bug');
    expect(ran).toEqual([]);
    expect(wall.armed).toBe(0);
    expect(clock.now()).toBe(1_000_000);
  });

  test('what a deadline throws is reported, too', () => {
    const { pacemaker, clock, wall, failures } = setUp();
    pacemaker.deliver(() => {
      clock.after(5, () => {
        throw new Error('bug');
      });
    });
    wall.pass(5);
    expect(String(failures)).toBe('Error: bug');
  });

  test('an event that stops the pacemaker is the last', () => {
    const { pacemaker, ran } = setUp();
    pacemaker.deliver(() => {
      pacemaker.deliver(() => ran.push('queued'));
      pacemaker.stop();
    });
    expect(ran).toEqual([]);
  });

  test('after stop nothing is woken and nothing delivered', () => {
    const { pacemaker, wall, ran, set } = setUp();
    set('a', 10);
    pacemaker.stop();
    pacemaker.deliver(() => ran.push('delivered'));
    wall.pass(100);
    expect(ran).toEqual([]);
    expect(() => pacemaker.perform(() => 1)).toThrow(/stopped/);
  });
});

test('by the real wall clock ten virtual seconds pass in ten milliseconds', async () => {
  const clock = new VirtualClock();
  await new Promise<void>((done) => {
    const pacemaker = new Pacemaker({ clock, rate: 1000, onFailure: unexpected });
    pacemaker.deliver(() => {
      clock.after(10_000, () => {
        pacemaker.stop();
        done();
      });
    });
  });
  expect(clock.now()).toBeGreaterThanOrEqual(10_000);
});
