import { expect, test } from 'vitest';
import { ProducerIdBlock } from '../../src/broker/producer-id-block.ts';

type Block = { firstProducerId: number; count: number } | undefined;

function makeBlock() {
  const asked: ((block: Block) => void)[] = [];
  const given: (number | undefined)[] = [];
  const ids = new ProducerIdBlock((reply) => asked.push(reply));
  return { asked, given, next: () => ids.next((id) => given.push(id)) };
}

test('ids come from one block until it is used up', () => {
  const { asked, given, next } = makeBlock();
  next();
  asked[0]?.({ firstProducerId: 1000, count: 2 });
  next();
  expect(given).toEqual([1000, 1001]);
  next();
  expect(asked).toHaveLength(2);
  asked[1]?.({ firstProducerId: 5000, count: 2 });
  expect(given).toEqual([1000, 1001, 5000]);
});

test('those who wait are served in turn, by one question or, if need be, more', () => {
  const { asked, given, next } = makeBlock();
  for (let count = 0; count < 3; count++) next();
  expect(asked).toHaveLength(1);
  asked[0]?.({ firstProducerId: 0, count: 2 });
  expect(given).toEqual([0, 1]);
  expect(asked).toHaveLength(2);
  asked[1]?.({ firstProducerId: 2000, count: 2 });
  expect(given).toEqual([0, 1, 2000]);
});

test('when there is no block all who wait hear so, and the next one asks again', () => {
  const { asked, given, next } = makeBlock();
  next();
  next();
  asked[0]?.(undefined);
  expect(given).toEqual([undefined, undefined]);
  next();
  asked[1]?.({ firstProducerId: 7, count: 1 });
  expect(given).toEqual([undefined, undefined, 7]);
});
