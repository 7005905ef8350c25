import { type Case, transaction, uncommitted } from './case.ts';
import { at, logOf, place, type Scene, send } from './scene.ts';

const drained = { drained: true };

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
    name: 'the log does not have it, wherever it was to be',
    play: (scene) => {
      scene.history
        .producer('p')
        .send({ ...place(), value: 'b' })
        .acknowledged();
      scene.logs = [logOf([at(0, 'a')])];
    },
    found: ['lost-write'],
    options: drained,
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
    name: 'what was seen may be of one transaction or of another',
    play: (scene) => {
      for (const client of ['p', 'q']) {
        const begun = scene.producer(client).begin();
        begun.send({ topic: 't', value: 'a' }).acknowledged();
        send(begun, [at(client === 'p' ? 1 : 4, client)]).acknowledged();
        begun.committing();
      }
      scene.consumer().read([at(0, 'a'), at(9, 'z')]);
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
      scene.consumer('d').read(at(0, 'a'), begun);
      begun.committed();
    },
    found: ['precommitted-read', 'precommitted-read'],
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
    name: 'one reads what another sends when the first is over',
    play: (scene) => {
      const one = scene.producer('p').begin();
      scene.consumer('c').read(at(0, 'a'), one);
      one.committed();
      transaction(scene, at(0, 'a'), 'q').committed();
    },
    found: ['dirty-read', 'G1c'],
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

const notes = { notes: true };

/** Two transactions in two partitions, and each of them was the first in one. */
function eachFirstOnce(scene: Scene) {
  const [one, other] = [transaction(scene, at(0, 'a', 0)), scene.producer('q').begin()];
  send(other, [at(1, 'b', 0), at(0, 'c', 1)]).acknowledged();
  send(one, [at(1, 'd', 1)]).acknowledged();
  return [one, other] as const;
}

const circles: readonly Case[] = [
  {
    name: 'of two transactions each was the first in one partition',
    play: (scene) => {
      const [one, other] = eachFirstOnce(scene);
      one.committed();
      other.committed();
    },
    found: ['G0'],
    options: notes,
  },
  {
    name: 'three of them, in three partitions',
    play: (scene) => {
      const begun = ['p', 'q', 'r'].map((name) => scene.producer(name).begin());
      for (const [index, one] of begun.entries()) {
        const [here, next] = [index, (index + 1) % 3];
        send(one, [at(0, `first ${here}`, here), at(1, `second ${next}`, next)]).acknowledged();
      }
      for (const one of begun) one.committed();
    },
    found: ['G0'],
    options: notes,
  },
  {
    name: 'one was the first in both',
    play: (scene) => {
      const [one, other] = [transaction(scene, at(0, 'a', 0)), scene.producer('q').begin()];
      send(one, [at(0, 'b', 1)]).acknowledged();
      send(other, [at(1, 'c', 0), at(1, 'd', 1)]).acknowledged();
      one.committed();
      other.committed();
    },
    found: [],
    options: notes,
  },
  {
    name: 'what was aborted is in no circle',
    play: (scene) => {
      const [one, other] = eachFirstOnce(scene);
      one.aborted();
      other.committed();
    },
    found: [],
    options: notes,
  },
  {
    name: 'nobody hears of a circle of writes who does not ask for notes',
    play: (scene) => {
      const [one, other] = eachFirstOnce(scene);
      one.committed();
      other.committed();
    },
    found: [],
  },
];

/** Of records and transactions: what is there, and who may see it. */
export const recordCases = { offsets, duplicates, losses, transactions, circles };
