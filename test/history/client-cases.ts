import { type Case, transaction, uncommitted } from './case.ts';
import { at, logOf, place, type Scene, send } from './scene.ts';

const notes = { notes: true };

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
    name: 'what was refused is committed, and what nobody has asked for yet',
    play: (scene) => {
      const consumer = scene.consumer('c', { group: 'g' });
      consumer.commit([{ ...place(), offset: 3 }]).acknowledged();
      consumer.commit([{ ...place(), offset: 9 }]).failed();
      consumer.fetchOffsets()([{ ...place(), offset: 9 }]);
      consumer.fetchOffsets()([{ ...place(), offset: 5 }]);
      consumer.commit([{ ...place(), offset: 5 }]).acknowledged();
    },
    found: ['lost-commit', 'lost-commit'],
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

/** Of single clients and of groups: in which order they go on. */
export const clientCases = { polls, sends, groups };
