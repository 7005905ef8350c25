"""confluent-kafka in transactions: a Producer with a transactional.id."""

import sys

from confluent_kafka import Producer, TopicPartition

from groups import COMMON, committed, create_topic, join, write  # what the checks ask of a client
from members import PATIENCE_SECONDS
from report import expect
from transaction_checks import start_transaction_checks

FENCED = "fatal _FENCED"


def name_of(error):
    [said] = error.args
    return f"{'fatal ' if said.fatal() else ''}{said.name()}"


class transactional:
    def __init__(self, transactional_id):
        self._producer = Producer(COMMON | {"transactional.id": transactional_id})
        self._producer.init_transactions(PATIENCE_SECONDS)
        self.begin = self._producer.begin_transaction

    def send(self, topic, rows):
        reports = {}

        def on_delivery(error, message, row):
            expect(error, None, "error of a delivery")
            reports[row] = message.offset()

        for row in rows:
            told = lambda error, message, row=row: on_delivery(error, message, row)
            self._producer.produce(topic, row.value, row.key, row.partition, on_delivery=told)
        expect(self._producer.flush(PATIENCE_SECONDS), 0, "records still on their way")
        return [reports[row] for row in rows]

    def send_offsets(self, offsets, _group_id, topic, member):
        places = [TopicPartition(topic, *each) for each in offsets.items()]
        metadata = member.client.ask(lambda consumer: consumer.consumer_group_metadata())
        self._producer.send_offsets_to_transaction(places, metadata, PATIENCE_SECONDS)

    def commit(self):
        self._producer.commit_transaction(PATIENCE_SECONDS)

    def abort(self):
        self._producer.abort_transaction(PATIENCE_SECONDS)

    def close(self):
        self._producer.purge()


def start():
    missing = {"transaction-admin": "confluent-kafka has no administration of transactions"}
    return start_transaction_checks(sys.modules[__name__], missing, {})
