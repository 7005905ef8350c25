import { expect, test } from 'vitest';
import { Quorum } from './quorum.ts';

function elected(options: ConstructorParameters<typeof Quorum>[0]): {
  quorum: Quorum;
  leader: number;
  others: number[];
} {
  const quorum = new Quorum(options);
  quorum.advance(1000);
  const [leader] = quorum.claimed.keys();
  return { quorum, leader: leader!, others: quorum.voters.filter((id) => id !== leader) };
}

const cutOff = (quorum: Quorum, voterId: number, cut: boolean) => {
  for (const other of quorum.voters) {
    if (other === voterId) continue;
    quorum.network.setLink({ from: voterId, to: other }, { cut });
    quorum.network.setLink({ from: other, to: voterId }, { cut });
  }
};

const commits = (quorum: Quorum, leader: number) => {
  const answer = quorum.append(leader);
  quorum.clock.settle();
  return answer?.outcome;
};

test('one voter leads at once, and what it appends is committed at once', () => {
  const quorum = new Quorum({ voters: 1 });
  expect([...quorum.claimed.keys()]).toEqual([1]);
  expect(quorum.append(1)?.outcome).toBe(true);
});

test.each([3, 5])(
  '%i voters elect one leader; a commit takes no time on a fast network',
  (voters) => {
    const { quorum, leader, others } = elected({ voters });
    expect(quorum.claimed.size).toBe(1);
    expect(commits(quorum, leader)).toBe(true);
    for (const other of others) {
      expect(quorum.node(other)?.replica.committed.metadata.nextProducerId).toBe(1);
    }
  },
);

test('a commit takes one round trip to the nearest majority', () => {
  const { quorum, leader, others } = elected({ voters: 3 });
  const [near, far] = others;
  for (const [other, latencyMs] of [
    [near!, 5],
    [far!, 40],
  ] as const) {
    quorum.network.setLink({ from: leader, to: other }, { latencyMs });
    quorum.network.setLink({ from: other, to: leader }, { latencyMs });
  }
  quorum.advance(1000);
  const answer = quorum.append(leader);
  quorum.advance(9);
  expect(answer?.outcome).toBeUndefined();
  quorum.advance(1);
  expect(answer?.outcome).toBe(true);
});

test('the leader dies: another one leads, in a higher epoch, with all that was committed', () => {
  const { quorum, leader } = elected({ voters: 3 });
  commits(quorum, leader);
  const { epoch } = quorum.node(leader)!;
  quorum.crash(leader);
  quorum.advance(1000);
  const [next] = quorum.claimed.keys();
  expect(next).not.toBe(leader);
  expect(quorum.node(next!)!.epoch).toBeGreaterThan(epoch);
  expect(commits(quorum, next!)).toBe(true);
});

test('a leader that resigns is succeeded at once by the one with the longest log', () => {
  const { quorum, leader, others } = elected({ voters: 3 });
  const [behind, upToDate] = others;
  quorum.network.setLink({ from: leader, to: behind! }, { latencyMs: 50 });
  quorum.append(leader);
  quorum.clock.settle();
  quorum.node(leader)!.resign();
  quorum.clock.settle();
  expect([...quorum.claimed.keys()]).toEqual([upToDate]);
});

test('a leader that is cut off resigns; what it could not commit is lost, and told so', () => {
  const { quorum, leader } = elected({ voters: 3 });
  cutOff(quorum, leader, true);
  const answer = quorum.append(leader);
  quorum.advance(1000);
  expect(answer?.outcome).toBe(false);
  expect(quorum.claimed.has(leader)).toBe(false);
  const [next] = quorum.claimed.keys();
  expect(commits(quorum, next!)).toBe(true);
  cutOff(quorum, leader, false);
  quorum.advance(1000);
  expect(quorum.events).toContainEqual({
    node: leader,
    event: expect.objectContaining({ type: 'metadata-truncated' }),
  });
  expect(quorum.store(leader).log.batches).toEqual(quorum.store(next!).log.batches);
});

test.each([true, false])(
  'a voter that was cut off comes back and disturbs nobody, behind: %s',
  (behind) => {
    const { quorum, leader, others } = elected({ voters: 3 });
    const { epoch } = quorum.node(leader)!;
    cutOff(quorum, others[0]!, true);
    quorum.advance(10_000);
    if (behind) commits(quorum, leader);
    cutOff(quorum, others[0]!, false);
    quorum.advance(10_000);
    expect([...quorum.claimed.keys()]).toEqual([leader]);
    expect(quorum.node(others[0]!)!.epoch).toBe(epoch);
  },
);

test('no leader without a majority, and none forgets its vote when it restarts', () => {
  const { quorum, leader, others } = elected({ voters: 3 });
  for (const voterId of [leader, others[0]!]) quorum.crash(voterId);
  quorum.advance(10_000);
  expect(quorum.leaders()).toEqual([]);
  const { election } = quorum.store(leader);
  quorum.start(leader);
  expect(quorum.node(leader)!.role.name).toBe('resigned');
  expect(quorum.store(leader).election).toEqual(election);
  quorum.advance(10_000);
  expect(quorum.claimed.size).toBe(1);
});

test('who has less than a majority is not elected, though it asks first', () => {
  const { quorum, leader, others } = elected({ voters: 3 });
  const [behind, upToDate] = others;
  cutOff(quorum, behind!, true);
  commits(quorum, leader);
  quorum.crash(leader);
  cutOff(quorum, behind!, false);
  quorum.advance(2000);
  expect([...quorum.claimed.keys()]).toEqual([upToDate]);
});

test('the log begins anew at a snapshot; who is behind gets it', () => {
  const { quorum, leader, others } = elected({ voters: 3, recordsBetweenSnapshots: 5 });
  quorum.crash(others[0]!);
  for (let count = 0; count < 23; count++) commits(quorum, leader);
  expect(quorum.store(leader).log.startOffset).toBeGreaterThanOrEqual(20);
  expect(quorum.store(leader).log.batches.length).toBeLessThan(5);
  quorum.start(others[0]!);
  quorum.advance(1000);
  expect(quorum.events).toContainEqual({
    node: others[0],
    event: expect.objectContaining({ type: 'metadata-snapshot', origin: 'fetched' }),
  });
  expect(quorum.node(others[0]!)!.replica.committed.metadata.nextProducerId).toBe(23);
});
