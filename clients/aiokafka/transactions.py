"""aiokafka in transactions: an AIOKafkaProducer with a transactional_id."""

import asyncio
import sys

from aiokafka import AIOKafkaProducer, TopicPartition

from groups import COMMON, committed, create_topic, join, wait_for, write  # what the checks ask
from transaction_checks import start_transaction_checks

FENCED = "ProducerFenced"


def name_of(error):
    return type(error).__name__


class transactional:
    def __init__(self, transactional_id):
        self._producer = wait_for(self._start(transactional_id))

    async def _start(self, transactional_id):
        producer = AIOKafkaProducer(**COMMON, transactional_id=transactional_id)
        await producer.start()
        return producer

    def begin(self):
        wait_for(self._producer.begin_transaction())

    def send(self, topic, rows):
        async def acknowledged():
            sent = []
            for row in rows:
                value, key = row.value.encode(), row.key.encode()
                sent.append(await self._producer.send(topic, value, key, row.partition))
            return [each.offset for each in await asyncio.gather(*sent)]

        return wait_for(acknowledged())

    def send_offsets(self, offsets, group_id, topic, _member):
        places = {TopicPartition(topic, n): offset for n, offset in offsets.items()}
        wait_for(self._producer.send_offsets_to_transaction(places, group_id))

    def commit(self):
        wait_for(self._producer.commit_transaction())

    def abort(self):
        wait_for(self._producer.abort_transaction())

    def close(self):
        wait_for(self._producer.stop())


def start():
    missing = {"transaction-admin": "aiokafka has no administration of transactions"}
    return start_transaction_checks(sys.modules[__name__], missing, {})
