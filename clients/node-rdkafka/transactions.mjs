// node-rdkafka in transactions: a Producer with a transactional.id.
import { once } from 'node:events';
import rdkafka from 'node-rdkafka';
import { transactionChecks } from '../js-checks/transaction-checks.mjs';
import { common, done, reports } from './client.mjs';
import { client } from './group.mjs';

const patienceMs = 60_000;

/** @type {import('../js-checks/ledger.mjs').Client['transactional']} */
async function transactional(transactionalId) {
  const producer = new rdkafka.Producer({
    ...common,
    ...{ 'transactional.id': transactionalId, dr_cb: true },
  });
  await done((callback) => producer.connect({}, callback));
  producer.setPollInterval(10);
  await done((callback) => producer.initTransactions(patienceMs, callback));
  return {
    begin: () => done((callback) => producer.beginTransaction(callback)),
    async send(topic, rows) {
      const reported = reports(producer, rows.length);
      for (const [index, { partition, key, value }] of rows.entries()) {
        producer.produce(topic, partition, Buffer.from(value), key, undefined, index);
      }
      return (await reported).map(({ offset }) => offset);
    },
    sendOffsets(offsets, { topic, member }) {
      const places = Array.from(offsets, ([partition, offset]) => ({ topic, partition, offset }));
      const { consumer } = member.client;
      return done((callback) =>
        producer.sendOffsetsToTransaction(places, consumer, patienceMs, callback),
      );
    },
    commit: () => done((callback) => producer.commitTransaction(patienceMs, callback)),
    abort: () => done((callback) => producer.abortTransaction(patienceMs, callback)),
    async close() {
      producer.disconnect();
      await once(producer, 'disconnected');
    },
  };
}

/** The checks of transactions with this client. */
export async function checkTransactions() {
  const nameOf = ({ code, isFatal }) => `${isFatal ? 'fatal ' : ''}${code}`;
  const fencedAs = `fatal ${rdkafka.CODES.ERRORS.ERR__FENCED}`;
  await transactionChecks(
    { ...client, transactional, nameOf, fencedAs },
    { missing: { 'transaction-admin': 'node-rdkafka has no administration of transactions' } },
  );
}
