import { expect, test } from 'vitest';
import type { EpochEndOffset } from '../../src/log/epoch-history.ts';
import { truncateFirst } from '../../src/replication/historical-truncation.ts';
import { batchOf, makeLog, nowMs } from '../log/make.ts';

/** A log whose n-th record is of the n-th epoch given. */
function logOf(...leaderEpochs: number[]) {
  const { log } = makeLog();
  for (const leaderEpoch of leaderEpochs) {
    log.startEpoch(leaderEpoch);
    log.appendAsLeader(batchOf(1), { leaderEpoch, nowMs });
  }
  return log;
}

/** Cuts `log` after what `leader` says, and tells what the leader was asked. */
function cut(
  log: ReturnType<typeof logOf>,
  truncation: 'hw' | 'kip101' | 'kip279',
  leader: { endOffsetForEpoch(leaderEpoch: number): EpochEndOffset },
): number[] {
  const asked: number[] = [];
  let isDone = false;
  truncateFirst(
    log,
    truncation,
    (leaderEpoch, reply) => {
      asked.push(leaderEpoch);
      reply(leader.endOffsetForEpoch(leaderEpoch));
    },
    (done) => {
      isDone = done;
    },
  );
  expect(isDone).toBe(true);
  return asked;
}

test('of old everything above the high watermark goes, and the leader is not asked', () => {
  const log = logOf(0, 0, 0);
  log.setHighWatermark(1);
  expect(cut(log, 'hw', logOf(0, 0, 0))).toEqual([]);
  expect(log.logEndOffset).toBe(1);
});

test("with the leader's word what it has, too, stays (KIP-101)", () => {
  const log = logOf(0, 0, 0);
  expect(cut(log, 'kip101', logOf(0, 0, 0))).toEqual([0]);
  expect(log.logEndOffset).toBe(3);
  const ahead = logOf(0, 0, 0);
  cut(ahead, 'kip101', logOf(0, 1));
  expect(ahead.logEndOffset).toBe(1);
});

test('an epoch that the leader never had is cut off wrongly by one word, rightly by two', () => {
  // The leader wrote offsets 1 and 2 in epochs 1 and 3; the follower wrote 1 and 2 in epoch 2.
  const leader = logOf(0, 1, 3);
  const once = logOf(0, 2, 2);
  expect(cut(once, 'kip101', leader)).toEqual([2]);
  expect(once.logEndOffset).toBe(2); // offset 1 differs, for good
  const twice = logOf(0, 2, 2);
  expect(cut(twice, 'kip279', leader)).toEqual([2, 0]);
  expect(twice.logEndOffset).toBe(1);
});

test('without any common epoch only what is committed stays', () => {
  for (const truncation of ['kip101', 'kip279'] as const) {
    const log = logOf(4, 4);
    log.setHighWatermark(1);
    cut(log, truncation, logOf());
    expect(log.logEndOffset).toBe(1);
  }
});

test('a leader that does not answer is asked again later, and nothing is cut before', () => {
  const log = logOf(0, 0);
  let outcome: boolean | undefined;
  truncateFirst(
    log,
    'kip101',
    (_, reply) => reply(undefined),
    (done) => {
      outcome = done;
    },
  );
  expect(outcome).toBe(false);
  expect(log.logEndOffset).toBe(2);
});
