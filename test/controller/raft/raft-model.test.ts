import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LeaderState } from '../../../src/controller/raft/leader-state.ts';
import { Quorum } from './quorum.ts';

type Action = (quorum: Quorum) => void;

const voter = fc.nat(4);
const named = (name: string, action: Action): Action =>
  Object.assign(action, { [fc.toStringMethod]: () => name });

/** Voters are numbered from 0 here, and counted round. */
const at = (quorum: Quorum, index: number) => quorum.voters[index % quorum.voters.length]!;

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(80).map((ms) => named(`advance ${ms}`, (q) => q.advance(ms))) },
  { weight: 4, arbitrary: fc.nat(900).map((ms) => named(`advance ${ms}`, (q) => q.advance(ms))) },
  {
    weight: 6,
    arbitrary: voter.map((v) => named(`append ${v}`, (q) => q.append(at(q, v)))),
  },
  { weight: 3, arbitrary: voter.map((v) => named(`crash ${v}`, (q) => q.crash(at(q, v)))) },
  { weight: 4, arbitrary: voter.map((v) => named(`start ${v}`, (q) => q.start(at(q, v)))) },
  { weight: 2, arbitrary: voter.map((v) => named(`pause ${v}`, (q) => q.pause(at(q, v)))) },
  { weight: 3, arbitrary: voter.map((v) => named(`resume ${v}`, (q) => q.resume(at(q, v)))) },
  {
    weight: 1,
    arbitrary: voter.map((v) => named(`resign ${v}`, (q) => q.node(at(q, v))?.resign())),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(voter, voter, fc.boolean()).map(([from, to, cut]) =>
      named(`${cut ? 'cut' : 'mend'} ${from} ${to}`, (q) => {
        q.network.setLink({ from: at(q, from), to: at(q, to) }, { cut });
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(voter, voter, fc.nat(120), fc.nat(60))
      .map(([from, to, latencyMs, jitterMs]) =>
        named(`slow ${from} ${to} ${latencyMs}+${jitterMs}`, (q) => {
          q.network.setLink({ from: at(q, from), to: at(q, to) }, { latencyMs, jitterMs });
        }),
      ),
  },
  { weight: 1, arbitrary: fc.constant(named('heal', (q) => q.network.heal())) },
);

/** Whatever went before: with all there and a good network, one leads and all have its log. */
function heals(quorum: Quorum): void {
  quorum.network.heal();
  for (const voterId of quorum.voters) {
    quorum.resume(voterId);
    quorum.start(voterId);
  }
  quorum.advance(6000);
  expect(quorum.leaders().length, 'leaders').toBe(1);
  const [[leaderId]] = [...quorum.claimed] as [[number, LeaderState]];
  const answer = quorum.append(leaderId);
  quorum.advance(1000);
  expect(answer?.outcome, 'a commit after all').toBe(true);
  for (const voterId of quorum.voters) {
    const { highWatermark } = quorum.node(voterId)!.replica.committed;
    expect(highWatermark, `high watermark of ${voterId}`).toBe(quorum.history.length);
  }
}

test.each([
  [3, 1_000_000],
  [3, 4],
  [5, 1_000_000],
])(
  '%i voters stay safe through any trouble, and go on after it (snapshot after %i)',
  (voters, recordsBetweenSnapshots) => {
    fc.assert(
      fc.property(
        fc.array(actions, { minLength: 5, maxLength: 60, size: 'max' }),
        fc.nat(),
        fc.nat(100),
        (steps, seed, latencyMs) => {
          const quorum = new Quorum({ voters, seed, recordsBetweenSnapshots, latencyMs });
          quorum.advance(300);
          for (const step of steps) step(quorum);
          heals(quorum);
        },
      ),
      { numRuns: 50 },
    );
  },
);
