import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timeline, TimelineMap } from '../../src/coordinator/timeline-map.ts';

const key = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ set: key, value: fc.option(fc.nat(9), { nil: undefined }) }),
  fc.record({ commit: fc.nat(3) }),
);

test('what is committed is what replaying the committed part of the log gives', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const timeline = new Timeline();
      const map = new TimelineMap<number>(timeline);
      const log: { key: string; value: number | undefined }[] = [];
      let highWatermark = 0;
      for (const one of steps) {
        if ('commit' in one) {
          highWatermark = Math.min(log.length, highWatermark + one.commit);
          timeline.commit(highWatermark);
        } else {
          map.set(one.set, one.value, log.length);
          log.push({ key: one.set, value: one.value });
        }
        const replay = (end: number) =>
          new Map(log.slice(0, end).map((entry) => [entry.key, entry.value]));
        const [newest, committed] = [replay(log.length), replay(highWatermark)];
        for (const name of ['a', 'b', 'c']) {
          expect(map.get(name)).toBe(newest.get(name));
          expect(map.getCommitted(name)).toBe(committed.get(name));
        }
        const shown = [...committed.values()].filter((value) => value !== undefined);
        expect(map.committedValues().sort()).toEqual(shown.sort());
      }
    }),
  );
});
