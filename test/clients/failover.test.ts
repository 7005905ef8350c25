import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../clients/failover/journal.mjs';
import { renderFailover } from '../../clients/failover/render.mjs';
import { type Result, report, wrongWith } from '../../clients/failover/result.mjs';
import { drawStrikes } from '../../clients/failover/strikes.mjs';
import { compare } from '../../clients/failover/verdict.mjs';
import { loadFolders } from '../../clients/runner/folders.mjs';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

describe('strikes', () => {
  const plan = { seed: 7, crashes: 50, partitions: 6, mode: 'leaders' } as const;
  const strikes = drawStrikes(plan);

  test('a seed decides them', () => {
    expect(drawStrikes(plan)).toEqual(strikes);
    expect(drawStrikes({ ...plan, seed: 8 })).not.toEqual(strikes);
  });

  test('there are as many crashes as were asked for, and pauses on top', () => {
    const crashes = strikes.filter(({ kind }) => kind !== 'pause');
    expect(crashes).toHaveLength(50);
    expect(strikes.length).toBeGreaterThan(50);
    expect(new Set(strikes.map(({ partition }) => partition)).size).toBe(6);
  });

  test('some come early, but no power cut: it could rightly lose what two replicas have', () => {
    const early = strikes.filter((strike) => strike.early).map(({ kind }) => kind);
    expect(new Set(early)).toEqual(new Set(['kill', 'pause']));
  });

  test('what a cluster cannot do is left out', () => {
    const kinds = drawStrikes({ ...plan, without: ['power cut'] }).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['kill', 'pause']));
  });

  test('controllers are always hit in their mode, leaders sometimes, too', () => {
    const both = drawStrikes({ ...plan, mode: 'controllers' });
    expect(both.every(({ controller }) => controller)).toBe(true);
    expect(new Set(both.map(({ leader }) => leader))).toEqual(new Set([true, false]));
  });
});

describe('what a program says', () => {
  test('it is taken as it comes, and what is not understood is a problem', () => {
    const journal = new Journal({ partitions: 2 });
    journal.take('["acked",1,0,0]\n["read",1,');
    journal.take('0,0]\nhello\n["gave-up",0,3,"why"]\n["read",2,0,0]\n');
    expect(journal.acked).toEqual([[], [{ number: 0, offset: 0 }]]);
    expect(journal.read).toEqual([[], [{ number: 0, offset: 0 }]]);
    expect(journal.problems).toEqual(['hello', '["gave-up",0,3,"why"]', '["read",2,0,0]']);
  });

  test('a client may give up for the reasons that it is allowed', () => {
    const journal = new Journal({ partitions: 1, mayGiveUp: 'not connected|EOF' });
    journal.take('["gave-up",0,3,"broker not connected"]\n["gave-up",0,4,"out of order"]\n');
    expect(journal.gaveUp).toBe(1);
    expect(journal.problems).toEqual(['["gave-up",0,4,"out of order"]']);
  });

  test('every partition goes on when each has something new', async () => {
    const journal = new Journal({ partitions: 2 });
    journal.take('["acked",0,0,0]\n');
    const goesOn = journal.everyPartitionGoesOn(10_000);
    let isOver = false;
    void goesOn.then(() => {
      isOver = true;
    });
    journal.take('["acked",1,0,0]\n');
    await Promise.resolve();
    expect(isOver).toBe(false);
    journal.take('["acked",0,1,1]\n');
    await goesOn;
  });

  test('a program that ends, or gets nothing acknowledged, does not go on', async () => {
    const journal = new Journal({ partitions: 2 });
    await expect(journal.everyPartitionGoesOn(1)).rejects.toThrow(
      'nothing acknowledged in partition 0, 1 for 1 ms',
    );
    journal.end();
    await expect(journal.everyPartitionGoesOn(10_000)).rejects.toThrow('the program has ended');
  });
});

describe('the verdict', () => {
  const acked = (...numbers: number[]) => numbers.map((number, offset) => ({ number, offset }));
  const wrong = (run: {
    log: number[];
    acked?: { number: number; offset: number }[];
    read?: { number: number; offset: number }[];
  }) => {
    const { acknowledged: _, ...counts } = compare({
      log: [run.log],
      acked: [run.acked ?? acked(...run.log)],
      read: [run.read ?? acked(...run.log)],
    });
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  };

  test('nothing is wrong when the log has what was acknowledged, and that was read', () => {
    expect(wrong({ log: [0, 1, 2] })).toEqual({});
  });

  test('nothing is wrong with a record of which the client never heard', () => {
    expect(wrong({ log: [0, 1, 2], acked: acked(0, 1), read: acked(0, 1) })).toEqual({});
  });

  test('a client need not know where its record went', () => {
    const unknown = [...acked(0), { number: 1, offset: -1 }];
    expect(wrong({ log: [0, 1], acked: unknown })).toEqual({});
  });

  test.each([
    ['lost at the end', { log: [0], acked: acked(0, 1) }, { lost: 1, misplaced: 1, unread: 1 }],
    ['replaced', { log: [0, 2], acked: acked(0, 1) }, { lost: 1, misplaced: 1 }],
    ['there twice', { log: [0, 1, 1] }, { doubled: 1 }],
    ['behind a later one', { log: [0, 2, 1] }, { reordered: 1 }],
    ['read as another', { log: [0, 1], read: acked(0, 7) }, { misread: 1 }],
    ['read twice', { log: [0, 1], read: [...acked(0, 1), ...acked(0, 1)] }, { misread: 2 }],
    ['passed over', { log: [0, 1], read: acked(0, 1).slice(1) }, { misread: 1, unread: 1 }],
    ['never read', { log: [0, 1], read: acked(0) }, { unread: 1 }],
  ])('a record is %s', (_, run, counts) => {
    expect(wrong(run)).toEqual(counts);
  });

  test('it is said in words, and a client that gave up is wrong, too', () => {
    const outcome = { kills: 1, powerCuts: 0, pauses: 0, acknowledged: 9 };
    const problems = ['1', '2', '3', '4'].map((number) => `["gave-up",0,${number},"why"]`);
    expect(wrongWith({ ...outcome, lost: 2, problems })).toEqual([
      '2 lost of 9 acknowledged',
      ...problems.slice(0, 3),
      'and 1 more problems',
    ]);
    expect(
      report([
        { ...outcome, problems: [] },
        { ...outcome, problems },
      ]),
    ).toMatchObject({
      ...{ success: false, numPassedTests: 1, numFailedTests: 1 },
    });
  });
});

describe('what was kept', () => {
  const folder = path('../../clients/results/failover');
  const kept = (name: string): { crashes: number; results: Result[] } =>
    JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));

  test('every client went through fifty crashes here, of leaders and of controllers', () => {
    const programs = loadFolders(path('../../clients')).flatMap(({ failover = [] }) => failover);
    const facts = ({ name, version }: { name: string; version: string }) => `${name} ${version}`;
    const { crashes, results } = kept('odradek');
    expect(crashes).toBe(50);
    for (const mode of ['leaders', 'controllers']) {
      const own = results.filter((result) => result.mode === mode);
      expect(own.map(facts)).toEqual(programs.map(facts));
      expect(own.filter(({ kills, powerCuts }) => kills + powerCuts !== 50)).toEqual([]);
    }
  });

  test.each(['odradek', 'apache-kafka'])('nothing is wrong on %s', (name) => {
    if (!existsSync(`${folder}/${name}.json`)) return;
    expect(kept(name).results.flatMap(wrongWith)).toEqual([]);
  });

  test('docs/FAILOVER.md is what the results make; if not: npm run failover -- --page', () => {
    const page = readFileSync(path('../../docs/FAILOVER.md'), 'utf8');
    expect(page).toBe(renderFailover(folder));
  });
});
