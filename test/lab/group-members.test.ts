import { describe, expect, test } from 'vitest';
import { ClassicGroupMember } from '../../src/lab/groups/classic-group-member.ts';
import { ConsumerGroupMember } from '../../src/lab/groups/consumer-group-member.ts';
import type { GroupMember } from '../../src/lab/groups/group-member.ts';
import { Laboratory } from '../../src/lab/laboratory.ts';
import { Choices } from '../../src/simulation/choices.ts';

const kinds = ['eager', 'cooperative', 'consumer'] as const;

function laboratory(): Laboratory {
  const lab = new Laboratory({
    seed: 1,
    brokers: 3,
    controllers: 1,
    config: {
      'offsets.topic.num.partitions': '1',
      'group.min.session.timeout.ms': '1000',
    },
    choices: Choices.replaying([]),
  });
  const assignments = [1, 2, 3, 1].map((first) => [first, (first % 3) + 1]);
  lab.createTopic({ name: 'orders', assignments, configs: {} });
  return lab;
}

function member(lab: Laboratory, kind: (typeof kinds)[number], name: string): GroupMember {
  const options = { laboratory: lab, groupId: 'g', name, topics: ['orders'] };
  if (kind === 'consumer') return new ConsumerGroupMember(options);
  return new ClassicGroupMember({ ...options, cooperative: kind === 'cooperative' });
}

const owned = (members: readonly GroupMember[]) => members.map((one) => [...one.owned].sort());
const all = ['orders-0', 'orders-1', 'orders-2', 'orders-3'];

describe.each(kinds)('members of kind %s', (kind) => {
  test('share the partitions, and take over what others leave behind', () => {
    const lab = laboratory();
    const members = ['a', 'b', 'c'].map((name) => member(lab, kind, name));
    for (const one of members) {
      one.start();
      lab.advance(5000);
    }
    lab.advance(30_000);
    expect(owned(members).flat().sort()).toEqual(all);
    expect(
      owned(members)
        .map((keys) => keys.length)
        .sort(),
    ).toEqual([1, 1, 2]);
    members[0]!.crash();
    lab.advance(90_000);
    expect(owned(members).map((keys) => keys.length)).toEqual([0, 2, 2]);
    members[1]!.leave();
    lab.advance(20_000);
    expect(owned(members)).toEqual([[], [], all]);
  });

  test('follow their coordinator, and do not lose what they have committed', () => {
    const lab = laboratory();
    const one = member(lab, kind, 'a');
    one.start();
    lab.advance(10_000);
    let errorCodes: ReadonlyMap<string, number> | undefined;
    one.commit(new Map([['orders-2', 7]]), (outcome) => {
      errorCodes = outcome.errorCodes;
    });
    lab.advance(100);
    expect(errorCodes).toEqual(new Map([['orders-2', 0]]));
    const topic = lab.cluster.metadata.topicsByName.get('__consumer_offsets')!;
    lab.cluster.crash(topic.partitions[0]!.leader);
    lab.advance(30_000);
    expect(owned([one])).toEqual([all]);
    let offsets: ReadonlyMap<string, number> | undefined;
    one.fetchOffsets(all, (outcome) => {
      offsets = outcome.offsets;
    });
    lab.advance(100);
    expect([...offsets!.values()].sort()).toEqual([-1, -1, -1, 7]);
  });

  test('who has slept for too long has lost everything, and comes back', () => {
    const lab = laboratory();
    const members = ['a', 'b'].map((name) => member(lab, kind, name));
    for (const one of members) one.start();
    lab.advance(30_000);
    members[0]!.stall();
    lab.advance(90_000);
    expect(owned(members)[1]).toEqual(all);
    members[0]!.resume();
    lab.advance(30_000);
    expect(owned(members).map((keys) => keys.length)).toEqual([2, 2]);
  });
});
