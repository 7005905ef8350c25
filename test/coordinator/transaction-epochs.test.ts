import { expect, test } from 'vitest';
import { decideEnd } from '../../src/coordinator/transactions/end-transaction.ts';
import { decideInit } from '../../src/coordinator/transactions/init-producer.ts';
import {
  abortAndFence,
  complete,
  newTransaction,
} from '../../src/coordinator/transactions/transitions.ts';

type TransactionMetadata = ReturnType<typeof newTransaction>;

const nowMs = 1000;
const last = 32766;

const at = (changes: Partial<TransactionMetadata>): TransactionMetadata => ({
  ...newTransaction(7, 60_000, 0),
  producerEpoch: last,
  ...changes,
});

const init = { expected: undefined, timeoutMs: 60_000, nowMs };

test('after the last epoch a producer gets another id', () => {
  expect(decideInit(at({}), { ...init, newProducerId: undefined })).toBe('needs-producer-id');
  expect(decideInit(at({}), { ...init, newProducerId: 8 })).toMatchObject({
    ...{ producerId: 8, producerEpoch: 0, previousProducerId: 7, lastProducerEpoch: -1 },
  });
});

test('who has not heard of it may ask again with the old one', () => {
  const expected = { producerId: 7, producerEpoch: last };
  const next = decideInit(at({}), { ...init, expected, newProducerId: 8 }) as TransactionMetadata;
  expect(next).toMatchObject({ producerId: 8, producerEpoch: 0, lastProducerEpoch: last });
  const again = decideInit(next, { ...init, expected, newProducerId: undefined });
  expect(again).toMatchObject({ producerId: 8, producerEpoch: 0 });
});

test('with KIP-890 the last epoch ends with another id, and the marker has the very last', () => {
  const open = at({ status: 'Ongoing', clientTransactionVersion: 2 });
  const request = {
    ...{ producerId: 7, producerEpoch: last, committed: true, clientTransactionVersion: 2 },
  };
  const asked = { isPending: false, nowMs, newProducerId: undefined };
  expect(decideEnd(open, request, asked)).toBe('needs-producer-id');
  const prepared = decideEnd(open, request, { ...asked, newProducerId: 8 }) as TransactionMetadata;
  expect(prepared).toMatchObject({ producerId: 7, producerEpoch: last + 1, nextProducerId: 8 });
  const done = complete(prepared, nowMs);
  expect(done).toMatchObject({ producerId: 8, producerEpoch: 0, previousProducerId: 7 });
  // The answer was lost.
  expect(decideEnd(done, request, asked)).toBe(0);
});

test('whom the coordinator fences has one epoch less, in both generations', () => {
  const open = at({ status: 'Ongoing', producerEpoch: 3 });
  for (const clientTransactionVersion of [0, 2]) {
    const ending = { clientTransactionVersion, nextProducerId: -1 };
    const aborted = abortAndFence(open, ending, nowMs);
    expect(aborted).toMatchObject({ status: 'PrepareAbort', producerEpoch: 4 });
  }
});
