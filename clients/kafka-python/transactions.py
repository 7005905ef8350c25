"""kafka-python in transactions: a KafkaProducer with a transactional_id, and the KafkaAdminClient."""

import sys

from kafka import KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import AbortTransactionSpec

from groups import COMMON, committed, create_topic, join, with_admin, write  # what the checks ask
from ledger import Ledger
from members import PATIENCE_SECONDS
from report import expect
from transaction_checks import start_transaction_checks

FENCED = "ProducerFencedError"


def name_of(error):
    return type(error).__name__


class transactional:
    def __init__(self, transactional_id):
        self._producer = KafkaProducer(**COMMON, transactional_id=transactional_id)
        self._producer.init_transactions()
        self.begin = self._producer.begin_transaction
        self.commit = self._producer.commit_transaction
        self.abort = self._producer.abort_transaction
        self.close = self._producer.close

    def send(self, topic, rows):
        sent = [
            self._producer.send(topic, row.value.encode(), row.key.encode(), partition=row.partition)
            for row in rows
        ]
        self._producer.flush(PATIENCE_SECONDS)
        return [each.get(PATIENCE_SECONDS).offset for each in sent]

    def send_offsets(self, offsets, _group_id, topic, member):
        places = {
            TopicPartition(topic, partition): OffsetAndMetadata(offset, "", -1)
            for partition, offset in offsets.items()
        }
        metadata = member.client.ask(lambda consumer: consumer.group_metadata())
        self._producer.send_offsets_to_transaction(places, metadata)


def writer_in(place, producer_id):
    described = with_admin(lambda client: client.describe_producers([place]))
    [writer] = [each for each in described[place].active_producers if each.producer_id == producer_id]
    return writer


def administer():
    """An open transaction is listed, described and shown by its partition; then its partition aborts it."""
    with Ledger(sys.modules[__name__], "transaction-admin", 1) as ledger:
        name = ledger.topic
        place = TopicPartition(name, 0)
        producer = transactional(name)
        ledger.transaction(producer, "commit")
        producer.begin()
        ledger.write(producer, "abort")
        listed = with_admin(lambda client: client.list_transactions(transactional_id_pattern=name))
        [found] = [each for share in listed.values() for each in share]
        expect(found.state.value, "Ongoing", "state of what is listed")
        described = with_admin(lambda client: client.describe_transactions([name]))[name]
        expect(described.topic_partitions, {place}, "partitions of the transaction")
        expect(described.producer_id, found.producer_id, "producer id")
        writer = writer_in(place, found.producer_id)
        expect(writer.current_transaction_start_offset, 5, "first offset of the transaction")
        spec = AbortTransactionSpec(place, *writer[:2], coordinator_epoch=writer.coordinator_epoch)
        with_admin(lambda client: client.abort_transaction(spec))
        writer = writer_in(place, found.producer_id)
        expect(writer.current_transaction_start_offset, -1, "nothing is open")
        producer.abort()
        seen = ledger.settle(producer)
        producer.close()
    return f"list, describe, describe producers, abort; {seen}"


def start():
    return start_transaction_checks(sys.modules[__name__], {}, {"transaction-admin": administer})
