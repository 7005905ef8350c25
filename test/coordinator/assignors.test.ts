import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Assignment } from '../../src/coordinator/consumer/assignment.ts';
import {
  type AssignorGroup,
  type AssignorMember,
  assignors,
} from '../../src/coordinator/consumer/assignors/assignor.ts';

const topicIds = ['a', 'b', 'c', 'd'];
const counts = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9));
const subscription = fc.subarray(topicIds, { minLength: 1 });
const noTarget: Assignment = new Map();

interface Spec {
  readonly counts: readonly number[];
  readonly subscriptions: readonly (readonly string[])[];
  readonly isHomogeneous: boolean;
}

const same: fc.Arbitrary<Spec> = fc
  .record({ counts, topics: subscription, members: fc.integer({ min: 1, max: 7 }) })
  .map(({ counts: some, topics, members }) => ({
    ...{ counts: some, isHomogeneous: true },
    subscriptions: Array.from({ length: members }, () => topics),
  }));

const different: fc.Arbitrary<Spec> = fc.record({
  ...{ counts, isHomogeneous: fc.constant(false) },
  subscriptions: fc.array(subscription, { minLength: 1, maxLength: 7 }),
});

function groupOf(spec: Spec, targets: ReadonlyMap<string, Assignment> = new Map()): AssignorGroup {
  const members = spec.subscriptions.map((topics, index): AssignorMember => {
    const memberId = `m${index}`;
    const target = targets.get(memberId) ?? noTarget;
    return { memberId, instanceId: null, topicIds: topics, target };
  });
  const partitionCount = (topicId: string) => spec.counts[topicIds.indexOf(topicId)]!;
  return { members, isHomogeneous: spec.isHomogeneous, partitionCount };
}

/** Every partition that somebody wants is somebody's who wants it, once. */
function expectComplete(group: AssignorGroup, assignments: ReadonlyMap<string, Assignment>): void {
  const owned = group.members.flatMap(({ memberId, topicIds: wanted }) =>
    [...(assignments.get(memberId) ?? noTarget)].flatMap(([topicId, partitions]) => {
      expect(wanted).toContain(topicId);
      return [...partitions].map((partition) => `${topicId}${partition}`);
    }),
  );
  const wanted = new Set(group.members.flatMap((member) => member.topicIds));
  const all = [...wanted].flatMap((topicId) =>
    Array.from({ length: group.partitionCount(topicId) }, (_, index) => `${topicId}${index}`),
  );
  expect(owned.sort()).toEqual(all.sort());
}

const sizes = (group: AssignorGroup, assignments: ReadonlyMap<string, Assignment>): number[] =>
  group.members.map(({ memberId }) =>
    [...(assignments.get(memberId) ?? noTarget).values()].reduce((sum, one) => sum + one.size, 0),
  );

const plain = (assignments: ReadonlyMap<string, Assignment>) =>
  [...assignments].map(([memberId, topics]) => [
    memberId,
    [...topics].flatMap(([id, partitions]) => [...partitions].map((one) => `${id}${one}`)).sort(),
  ]);

describe.each([...assignors])('%s', (_, assign) => {
  test.each([
    ['the same topics', same],
    ['different topics', different],
  ])('of %s every partition has one owner, who wants it', (__, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (spec) => {
        const group = groupOf(spec);
        expectComplete(group, assign(group));
      }),
    );
  });

  test('members come and go, and every partition still has one owner', () => {
    fc.assert(
      fc.property(different, different, (before, after) => {
        const targets = assign(groupOf(before));
        const group = groupOf({ ...after, counts: before.counts }, targets);
        expectComplete(group, assign(group));
      }),
    );
  });
});

const uniform = assignors.get('uniform')!;

test('uniform: of the same topics nobody has two more than another', () => {
  fc.assert(
    fc.property(same, same, (before, after) => {
      const targets = uniform(groupOf(before));
      const group = groupOf({ ...after, counts: before.counts }, targets);
      const all = sizes(group, uniform(group));
      expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
    }),
  );
});

test('uniform: where nothing has changed nothing moves', () => {
  fc.assert(
    fc.property(fc.oneof(same, different), (spec) => {
      const first = uniform(groupOf(spec));
      expect(plain(uniform(groupOf(spec, first)))).toEqual(plain(first));
    }),
  );
});

test('uniform: of the same topics whoever stays keeps his share of what he had', () => {
  fc.assert(
    fc.property(same, (spec) => {
      const first = uniform(groupOf(spec));
      const joined = { ...spec, subscriptions: [...spec.subscriptions, spec.subscriptions[0]!] };
      const second = uniform(groupOf(joined, first));
      const group = groupOf(joined);
      const after = sizes(group, second);
      group.members.forEach(({ memberId }, index) => {
        const had = new Map(plain(first) as [string, string[]][]).get(memberId) ?? [];
        const has = new Map(plain(second) as [string, string[]][]).get(memberId) ?? [];
        const kept = has.filter((partition) => had.includes(partition)).length;
        expect(kept).toBe(Math.min(had.length, after[index]!));
      });
    }),
  );
});

test('range: topics of as many partitions are divided alike', () => {
  const spec = { counts: [5, 5, 0, 0], isHomogeneous: true };
  const group = groupOf({
    ...spec,
    subscriptions: [
      ['a', 'b'],
      ['a', 'b'],
    ],
  });
  const [one, two] = [...assignors.get('range')!(group).values()];
  expect([...one!.get('a')!]).toEqual([0, 1, 2]);
  expect([...one!.get('b')!]).toEqual([0, 1, 2]);
  expect([...two!.get('a')!]).toEqual([3, 4]);
});
