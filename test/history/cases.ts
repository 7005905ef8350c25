import type { CheckOptions } from '../../src/history/check-history.ts';
import type { HistoryRule } from '../../src/history/finding.ts';
import { at, logOf, place, type Scene, send } from './scene.ts';

/** A history in a few lines, and what is wrong with it. */
export interface Case {
  readonly name: string;
  readonly play: (scene: Scene) => void;
  readonly found: readonly HistoryRule[];
  readonly options?: CheckOptions;
}

const drained = { drained: true };
const notes = { notes: true };
const uncommitted = { isolation: 'read_uncommitted' } as const;

/** A transaction of one record, up to the question whether it is committed. */
const transaction = (scene: Scene, record: ReturnType<typeof at>, client = 'p') => {
  const begun = scene.producer(client).begin();
  send(begun, [record]).acknowledged();
  return begun;
};

const offsets: readonly Case[] = [
  {
    name: 'two values at one offset',
    play: (scene) => {
      scene.producer().send(at(0, 'a')).acknowledged();
      scene.consumer().read(at(0, 'b'));
    },
    found: ['inconsistent-offsets', 'lost-write'],
  },
  {
    name: 'two readers of one offset',
    play: (scene) => {
      scene.consumer('c').read([at(0, 'a'), at(1, 'b')]);
      scene.consumer('d', uncommitted).read([at(0, 'a'), at(1, 'b')]);
    },
    found: [],
  },
  {
    name: 'a consumer and the log disagree',
    play: (scene) => {
      scene.consumer().read(at(0, 'a'));
      scene.logs = [logOf([at(0, 'b')])];
    },
    found: ['inconsistent-offsets'],
  },
];

const duplicates: readonly Case[] = [
  {
    name: 'a value that is read at two offsets',
    play: (scene) => {
      scene.producer().send(at(1, 'a')).acknowledged();
      scene.consumer().read([at(0, 'a'), at(1, 'a')]);
    },
    found: ['duplicate'],
  },
  {
    name: 'a value that two partitions have',
    play: (scene) => scene.consumer().read([at(0, 'a', 0), at(5, 'a', 1)]),
    found: ['duplicate'],
  },
  {
    name: 'the copy that nobody has read is in the log',
    play: (scene) => {
      scene.producer().send(at(1, 'a')).acknowledged();
      scene.logs = [logOf([at(0, 'a'), at(1, 'a')])];
    },
    found: ['duplicate'],
  },
  {
    name: 'one record that is read twice is no duplicate',
    play: (scene) => {
      scene.producer().send(at(0, 'a')).acknowledged();
      scene.consumer('c').read(at(0, 'a'));
      scene.consumer('d').read(at(0, 'a'));
    },
    found: [],
  },
  {
    name: 'what was aborted is sent again',
    play: (scene) => {
      transaction(scene, at(0, 'a')).aborted();
      transaction(scene, at(2, 'a')).committed();
      scene.consumer('c', uncommitted).read([at(0, 'a'), at(2, 'a')]);
      scene.consumer('d').read(at(2, 'a'));
      scene.logs = [logOf([{ ...at(0, 'a'), state: 'aborted' }, at(2, 'a')])];
    },
    found: [],
  },
  {
    name: 'what was committed is sent again',
    play: (scene) => {
      transaction(scene, at(0, 'a')).committed();
      transaction(scene, at(2, 'a'), 'q').committed();
    },
    found: ['duplicate'],
  },
  {
    name: 'what is unknown is sent again, and is there once',
    play: (scene) => {
      scene.producer('p').send(at(0, 'a'));
      scene.producer('q').send(at(3, 'a')).acknowledged();
      scene.consumer().read(at(3, 'a'));
    },
    found: [],
  },
];

const losses: readonly Case[] = [
  {
    name: 'somebody has read past a record that nobody has read',
    play: (scene) => {
      const producer = scene.producer();
      for (const each of [at(0, 'a'), at(1, 'b'), at(2, 'c')]) producer.send(each).acknowledged();
      scene.consumer('c').read(at(0, 'a'));
      scene.consumer('d').read(at(2, 'c'));
    },
    found: ['lost-write'],
  },
  {
    name: 'the unknown, the refused and the aborted may be missing',
    play: (scene) => {
      const producer = scene.producer();
      producer.send(at(0, 'a')).acknowledged();
      producer.send(at(1, 'b'));
      producer.send(at(1, 'c')).failed();
      transaction(scene, at(1, 'd')).aborted();
      transaction(scene, at(3, 'e')).committing();
      scene.producer('q', { acks: 0 }).send(at(4, 'f')).acknowledged();
      producer.send(at(5, 'g')).acknowledged();
      scene.consumer('c').read(at(0, 'a'));
      scene.consumer('d').read([at(0, 'a'), at(5, 'g')]);
    },
    found: [],
    options: drained,
  },
  {
    name: 'what came before a consumer began, and what it has not reached',
    play: (scene) => {
      const producer = scene.producer();
      for (const each of [at(0, 'a'), at(1, 'b'), at(2, 'c')]) producer.send(each).acknowledged();
      scene.consumer('c', { fromBeginning: false }).read(at(1, 'b'));
    },
    found: [],
  },
  {
    name: 'what is left out by a seek is not lost',
    play: (scene) => {
      const producer = scene.producer();
      for (const each of [at(0, 'a'), at(1, 'b'), at(2, 'c')]) producer.send(each).acknowledged();
      const consumer = scene.consumer();
      consumer.read(at(0, 'a'));
      consumer.moved([place()]);
      consumer.read(at(2, 'c'));
    },
    found: [],
  },
  {
    name: 'a group goes on where it was, so what it leaves out at a rebalance is lost',
    play: (scene) => {
      const producer = scene.producer();
      for (const each of [at(0, 'a'), at(1, 'b'), at(2, 'c')]) producer.send(each).acknowledged();
      scene.consumer('c', { group: 'g' }).read(at(0, 'a'));
      const next = scene.consumer('d', { group: 'g' });
      next.assigned([place()]);
      next.read(at(2, 'c'));
    },
    found: ['lost-write'],
  },
  {
    name: 'the log does not have what was acknowledged',
    play: (scene) => {
      scene.producer('p', { acks: 1 }).send(at(1, 'b')).acknowledged();
      scene.logs = [logOf([at(0, 'a')])];
    },
    found: ['lost-write'],
  },
  {
    name: 'what is deleted by its age, superseded, or not yet below the high watermark',
    play: (scene) => {
      const producer = scene.producer();
      for (const [partition, offset] of [0, 4, 8].entries()) {
        producer.send(at(offset, `v${partition}`, partition)).acknowledged();
      }
      scene.logs = [
        logOf([], { partition: 0, startOffset: 3, highWatermark: 3, endOffset: 3 }),
        logOf([at(9, 'x')], { partition: 1, compacted: true }),
        logOf([], { partition: 2, highWatermark: 8, endOffset: 9 }),
      ];
    },
    found: [],
  },
  {
    name: 'nobody was given it in the end',
    play: (scene) => {
      scene.producer().send(at(0, 'a'), at(1, 'b')).acknowledged();
      scene.consumer().read(at(0, 'a'));
    },
    found: ['unseen'],
    options: drained,
  },
  {
    name: 'a record whose place the client does not tell',
    play: (scene) => {
      scene.history.producer('p').send({ topic: 't', value: 'a' }).acknowledged();
      scene.history.producer('p').send({ topic: 't', value: 'b' }).acknowledged();
      scene.consumer().read(at(0, 'a'));
    },
    found: ['unseen'],
    options: drained,
  },
];

const transactions: readonly Case[] = [
  {
    name: 'one half of a transaction is there',
    play: (scene) => {
      const begun = scene.producer().begin();
      send(begun, [at(0, 'a', 0), at(0, 'b', 1)]).acknowledged();
      begun.committing();
      scene.consumer().read([at(0, 'a', 0), at(2, 'c', 1)]);
    },
    found: ['torn-transaction'],
  },
  {
    name: 'one half is committed and one aborted by the logs',
    play: (scene) => {
      const begun = scene.producer().begin();
      send(begun, [at(0, 'a', 0), at(0, 'b', 1)]).acknowledged();
      begun.committing();
      scene.logs = [
        logOf([at(0, 'a')]),
        logOf([{ ...at(0, 'b'), state: 'aborted' }], { partition: 1 }),
      ];
    },
    found: ['torn-transaction'],
  },
  {
    name: 'one half waits for its marker',
    play: (scene) => {
      const begun = scene.producer().begin();
      send(begun, [at(0, 'a', 0), at(0, 'b', 1)]).acknowledged();
      begun.committed();
      scene.logs = [
        logOf([at(0, 'a')]),
        logOf([{ ...at(0, 'b'), state: 'open' }], { partition: 1 }),
      ];
    },
    found: [],
  },
  {
    name: 'one half is not reached yet, and nothing is known of what was not acknowledged',
    play: (scene) => {
      const begun = scene.producer().begin();
      send(begun, [at(0, 'a', 0), at(0, 'b', 1)]).acknowledged();
      send(begun, [at(1, 'c', 0)]);
      begun.committing();
      scene.consumer().read(at(0, 'a', 0));
      scene.consumer('d').read(at(5, 'd', 0));
    },
    found: [],
  },
  {
    name: 'what was aborted is read',
    play: (scene) => {
      transaction(scene, at(0, 'a')).aborted();
      scene.consumer().read(at(0, 'a'));
    },
    found: ['aborted-read'],
  },
  {
    name: 'what was refused is read',
    play: (scene) => {
      scene.producer().send(at(0, 'a')).failed();
      scene.consumer('c', uncommitted).read(at(0, 'a'));
    },
    found: ['aborted-read'],
  },
  {
    name: 'what was aborted, read by one who reads all',
    play: (scene) => {
      transaction(scene, at(0, 'a')).aborted();
      scene.consumer('c', uncommitted).read(at(0, 'a'));
    },
    found: [],
  },
  {
    name: 'what may have been committed, or may be of another attempt',
    play: (scene) => {
      transaction(scene, at(0, 'a')).committing();
      transaction(scene, at(2, 'b')).aborted();
      const again = scene.producer('q').begin();
      again.send({ topic: 't', value: 'b' });
      again.committed();
      scene.consumer().read([at(0, 'a'), at(4, 'b')]);
    },
    found: [],
  },
  {
    name: 'what is read before its commit was asked for',
    play: (scene) => {
      const begun = transaction(scene, at(0, 'a'));
      scene.consumer().read(at(0, 'a'));
      begun.committed();
    },
    found: ['dirty-read'],
  },
  {
    name: 'the log has committed what nobody asked for',
    play: (scene) => {
      transaction(scene, at(0, 'a'));
      scene.logs = [logOf([at(0, 'a')])];
    },
    found: ['dirty-read'],
  },
  {
    name: 'what is read between the question and the answer',
    play: (scene) => {
      const begun = transaction(scene, at(0, 'a'));
      scene.consumer('c', uncommitted).read(at(0, 'a'));
      begun.committing();
      scene.consumer('d').read(at(0, 'a'));
      begun.committed();
    },
    found: [],
  },
  {
    name: 'a transaction reads what it has sent',
    play: (scene) => {
      const begun = transaction(scene, at(0, 'a'));
      scene.consumer('c', uncommitted).read(at(0, 'a'), begun);
      begun.committed();
    },
    found: ['precommitted-read'],
  },
  {
    name: 'a transaction reads what another has sent before',
    play: (scene) => {
      transaction(scene, at(0, 'a')).committed();
      const begun = transaction(scene, at(2, 'b'));
      scene.consumer().read(at(0, 'a'), begun);
      begun.committed();
    },
    found: [],
  },
  {
    name: 'two transactions read each other',
    play: (scene) => {
      const one = transaction(scene, at(0, 'a'), 'p');
      const other = transaction(scene, at(1, 'b'), 'q');
      scene.consumer('c').read(at(1, 'b'), one);
      scene.consumer('d').read(at(0, 'a'), other);
      one.committed();
      other.committed();
    },
    found: ['dirty-read', 'dirty-read', 'G1c'],
  },
  {
    name: 'one reads the other, which has begun before and ended first',
    play: (scene) => {
      const one = transaction(scene, at(1, 'a'), 'p');
      const other = transaction(scene, at(0, 'b'), 'q');
      other.committed();
      scene.consumer('c').read(at(0, 'b'), one);
      one.committed();
    },
    found: [],
  },
];

const polls: readonly Case[] = [
  {
    name: 'a consumer leaves out what another was given',
    play: (scene) => {
      scene.consumer('c').read([at(0, 'a'), at(1, 'b'), at(2, 'c')]);
      const other = scene.consumer('d');
      other.read(at(0, 'a'));
      other.read(at(2, 'c'));
    },
    found: ['poll-skip'],
  },
  {
    name: 'within one poll',
    play: (scene) => {
      scene.consumer('c').read([at(0, 'a'), at(1, 'b'), at(2, 'c')]);
      scene.consumer('d').read([at(0, 'a'), at(2, 'c')]);
    },
    found: ['int-poll-skip'],
  },
  {
    name: 'markers, the aborted and other partitions are nothing to read',
    play: (scene) => {
      transaction(scene, at(1, 'b')).aborted();
      transaction(scene, at(3, 'c')).committing();
      const consumer = scene.consumer('c');
      consumer.read([at(0, 'a', 0), at(7, 'x', 1), at(5, 'd', 0)]);
      scene.consumer('d', uncommitted).read([at(0, 'a'), at(1, 'b'), at(3, 'c'), at(5, 'd')]);
    },
    found: [],
  },
  {
    name: 'what is deleted meanwhile is nothing to read',
    play: (scene) => {
      scene.consumer('c').read([at(0, 'a'), at(1, 'b'), at(2, 'c')]);
      scene.consumer('d').read([at(0, 'a'), at(2, 'c')]);
      scene.logs = [logOf([at(2, 'c')], { startOffset: 2 })];
    },
    found: [],
  },
  {
    name: 'a consumer goes back',
    play: (scene) => {
      const consumer = scene.consumer();
      consumer.read([at(0, 'a'), at(1, 'b')]);
      consumer.read(at(1, 'b'));
    },
    found: ['nonmonotonic-poll'],
  },
  {
    name: 'within one transaction',
    play: (scene) => {
      const begun = scene.producer().begin();
      const consumer = scene.consumer();
      consumer.read(at(1, 'b'), begun);
      consumer.read(at(0, 'a'), begun);
    },
    found: ['int-nonmonotonic-poll'],
  },
  {
    name: 'after a seek, a rebalance, or an assignment of something else',
    play: (scene) => {
      const consumer = scene.consumer('c', { group: 'g' });
      consumer.assigned([place(0), place(1)]);
      consumer.read([at(1, 'b'), at(0, 'x', 1)]);
      consumer.moved([place(0)]);
      consumer.read([at(0, 'a'), at(1, 'b'), at(1, 'y', 1)]);
      consumer.rebalanced();
      consumer.read([at(0, 'a'), at(0, 'x', 1)]);
      consumer.assigned([place(1)]);
      consumer.assigned([place(0), place(1)]);
      consumer.read([at(0, 'a'), at(1, 'y', 1)]);
    },
    found: [],
  },
  {
    name: 'a partition that stays assigned goes on',
    play: (scene) => {
      const consumer = scene.consumer('c', { group: 'g' });
      consumer.assigned([place(0)]);
      consumer.read([at(0, 'a'), at(1, 'b')]);
      consumer.assigned([place(0), place(1)]);
      consumer.read(at(0, 'a'));
    },
    found: ['nonmonotonic-poll'],
  },
  {
    name: 'a record that a group was given twice',
    play: (scene) => {
      scene.consumer('c', { group: 'g' }).read(at(0, 'a'));
      scene.consumer('d', { group: 'g' }).read(at(0, 'a'));
      scene.consumer('e', { group: 'h' }).read(at(0, 'a'));
    },
    found: ['redelivered'],
    options: notes,
  },
];

const sends: readonly Case[] = [
  {
    name: 'a later send lies before an earlier one',
    play: (scene) => {
      const producer = scene.producer();
      producer.send(at(1, 'a')).acknowledged();
      producer.send(at(0, 'b')).acknowledged();
    },
    found: ['nonmonotonic-send'],
  },
  {
    name: 'an earlier one was never answered, but is read behind it',
    play: (scene) => {
      const producer = scene.producer('p', { keepsOrder: true });
      producer.send(at(1, 'a'));
      producer.send(at(0, 'b')).acknowledged();
      scene.consumer().read([at(0, 'b'), at(1, 'a')]);
    },
    found: ['nonmonotonic-send'],
  },
  {
    name: 'sends that overlap, of a producer that promises no order',
    play: (scene) => {
      const producer = scene.producer();
      const [one, other] = [producer.send(at(1, 'a')), producer.send(at(0, 'b'))];
      one.acknowledged();
      other.acknowledged();
    },
    found: [],
  },
  {
    name: 'two producers, two partitions, and one that was refused',
    play: (scene) => {
      const producer = scene.producer();
      producer.send(at(5, 'a')).acknowledged();
      scene.producer('q').send(at(0, 'b')).acknowledged();
      producer.send(at(9, 'c')).failed();
      producer.send(at(0, 'd', 1)).acknowledged();
      producer.send(at(6, 'e')).acknowledged();
    },
    found: [],
  },
  {
    name: 'a copy behind the next send is no disorder',
    play: (scene) => {
      const producer = scene.producer('p', { keepsOrder: true });
      const first = producer.send(at(2, 'a'));
      producer.send(at(1, 'b')).acknowledged();
      first.acknowledged();
      scene.consumer().read([at(0, 'a'), at(1, 'b'), at(2, 'a')]);
    },
    found: ['duplicate'],
  },
  {
    name: 'within one send',
    play: (scene) => scene.producer().send(at(1, 'a'), at(0, 'b')).acknowledged(),
    found: ['int-nonmonotonic-send'],
  },
  {
    name: 'within one transaction',
    play: (scene) => {
      const begun = scene.producer().begin();
      send(begun, [at(1, 'a')]).acknowledged();
      send(begun, [at(0, 'b')]).acknowledged();
    },
    found: ['int-nonmonotonic-send'],
  },
  {
    name: 'records of others lie between those of one send',
    play: (scene) => {
      scene.producer('q').send(at(1, 'b')).acknowledged();
      scene.producer().send(at(0, 'a'), at(2, 'c')).acknowledged();
    },
    found: ['int-send-skip'],
    options: notes,
  },
];

/** A transaction of group g that takes inputs in and says that it has gone as far as `offset`. */
const consumes = (
  scene: Scene,
  client: string,
  values: ReturnType<typeof at>[],
  offset: number,
) => {
  const begun = scene.producer(client).begin();
  const consumer = scene.consumer(client, { group: 'g', fromBeginning: false });
  consumer.rebalanced();
  consumer.read(values, begun);
  begun.commitOffsets('g', [{ ...place(), offset }]);
  return begun;
};

const groups: readonly Case[] = [
  {
    name: 'an input in two transactions that are committed',
    play: (scene) => {
      consumes(scene, 'p', [at(0, 'a')], 1).committed();
      consumes(scene, 'q', [at(0, 'a')], 1).committed();
    },
    found: ['consumed-twice'],
  },
  {
    name: 'an input once more after an abort, after no answer, or by another group',
    play: (scene) => {
      consumes(scene, 'p', [at(0, 'a')], 1).aborted();
      consumes(scene, 'q', [at(0, 'a')], 1).committing();
      consumes(scene, 'r', [at(0, 'a')], 1).committed();
      scene.consumer('d', { group: 'h' }).read(at(0, 'a'));
    },
    found: [],
  },
  {
    name: 'offsets are committed past an input that no transaction has taken in',
    play: (scene) => {
      consumes(scene, 'p', [at(0, 'a')], 1).committed();
      consumes(scene, 'q', [at(1, 'b')], 2).aborted();
      consumes(scene, 'q', [at(2, 'c')], 3).committed();
    },
    found: ['consumed-never'],
  },
  {
    name: 'past an input that a transaction may have taken in, past markers, or not past it',
    play: (scene) => {
      consumes(scene, 'p', [at(0, 'a')], 1).committed();
      consumes(scene, 'q', [at(1, 'b')], 2).committing();
      consumes(scene, 'r', [at(3, 'c')], 4).committed();
      scene.consumer('d', { group: 'h' }).read([at(3, 'c'), at(4, 'd')]);
    },
    found: [],
  },
  {
    name: 'less is committed than was acknowledged',
    play: (scene) => {
      const consumer = scene.consumer('c', { group: 'g' });
      consumer.commit([{ ...place(), offset: 3 }]).acknowledged();
      consumer.commit([{ ...place(), offset: 5 }]).acknowledged();
      consumer.fetchOffsets()([{ ...place(), offset: 3 }]);
    },
    found: ['lost-commit'],
  },
  {
    name: 'nothing is left of what a transaction has committed',
    play: (scene) => {
      consumes(scene, 'p', [at(0, 'a')], 1).committed();
      scene.consumer('d', { group: 'g' }).fetchOffsets()([{ ...place(), offset: -1 }]);
    },
    found: ['lost-commit'],
  },
  {
    name: 'what was acknowledged last, what may have come since, what was before the history',
    play: (scene) => {
      const consumer = scene.consumer('c', { group: 'g' });
      consumer.fetchOffsets()([{ ...place(), offset: 2 }]);
      consumer.commit([{ ...place(), offset: 3 }]).acknowledged();
      consumer.fetchOffsets()([{ ...place(), offset: 3 }]);
      consumer.commit([{ ...place(), offset: 4 }]);
      consumer.fetchOffsets()([{ ...place(), offset: 4 }]);
      consumer.commit([{ ...place(), offset: 9 }]).failed();
      const answered = consumer.fetchOffsets();
      consumer.commit([{ ...place(), offset: 6 }]).acknowledged();
      answered([{ ...place(), offset: 3 }]);
    },
    found: [],
  },
];

export const cases: Readonly<Record<string, readonly Case[]>> = {
  offsets,
  duplicates,
  losses,
  transactions,
  polls,
  sends,
  groups,
};
