"""aiokafka in a group: AIOKafkaConsumer, and what AIOKafkaAdminClient has for groups."""

import asyncio
import sys
import threading

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError

from group_checks import start_group_checks
from members import PATIENCE_SECONDS, Read, run_member
from report import BROKERS, PREFIX, expect

COMMON = {"bootstrap_servers": BROKERS, "client_id": f"{PREFIX}-groups"}
ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
}

# The checks are threads; all that is asynchronous is in this one.
_loop = asyncio.new_event_loop()
threading.Thread(target=_loop.run_forever, daemon=True).start()


def wait_for(coroutine):
    return asyncio.run_coroutine_threadsafe(coroutine, _loop).result(PATIENCE_SECONDS)


class _Listener(ConsumerRebalanceListener):
    def __init__(self, member):
        self._member = member

    def on_partitions_assigned(self, assigned):
        self._member.assigned(sorted(place.partition for place in assigned))

    def on_partitions_revoked(self, revoked):
        self._member.assigned([])


def join(member, how):
    return wait_for(_Joined.start(member, how))


class _Joined:
    @classmethod
    async def start(cls, member, how):
        config = COMMON | {
            "group_id": how["group_id"],
            "auto_offset_reset": "earliest",
            "enable_auto_commit": how["commits"] == "auto",
            "auto_commit_interval_ms": 100,
            "heartbeat_interval_ms": 500,
            "session_timeout_ms": how.get("session_timeout_ms", 30_000),
            "group_instance_id": how.get("instance_id"),
        }
        if "isolation" in how:
            config |= {"isolation_level": how["isolation"]}
        if "kind" in how:
            config |= {"partition_assignment_strategy": [ASSIGNORS[how["kind"]]]}
        joined = cls()
        joined._topic = how["topic"]
        joined._consumer = AIOKafkaConsumer(**config)
        joined._consumer.subscribe([how["topic"]], listener=_Listener(member))
        joined._reading = asyncio.ensure_future(joined._read(member, how))
        return joined

    async def _read(self, member, how):
        await self._consumer.start()
        while True:
            found = await self._consumer.getmany(timeout_ms=1000)
            messages = [each for share in found.values() for each in share]
            if not messages:
                continue
            member.read([read_of(each) for each in messages])
            if how["commits"] == "each":
                try:
                    await self._consumer.commit()
                except CommitFailedError:
                    pass  # there is a rebalance; who has the partition then reads it again

    def commit(self, offsets):
        places = {TopicPartition(self._topic, n): offset for n, offset in enumerate(offsets)}
        wait_for(self._consumer.commit(places))

    def close(self):
        self._reading.cancel()
        wait_for(self._consumer.stop())


def read_of(message):
    return Read(message.partition, message.offset, message.key.decode(), message.value.decode())


# What the checks ask of this module


def with_admin(ask):
    async def connected():
        client = AIOKafkaAdminClient(**COMMON)
        await client.start()
        try:
            return await ask(client)
        finally:
            await client.close()

    return wait_for(connected())


def create_topic(topic, partitions):
    answer = with_admin(lambda client: client.create_topics([NewTopic(topic, partitions, 3)]))
    expect(answer.topic_errors[0][1], 0, "error code")


def write(topic, rows):
    async def produce():
        async with AIOKafkaProducer(**COMMON, enable_idempotence=True) as producer:
            for row in rows:
                value, key = row.value.encode(), row.key.encode()
                await producer.send(topic, value, key, partition=row.partition)

    wait_for(produce())


def committed(group_id, topic):
    answer = with_admin(lambda client: client.list_consumer_group_offsets(group_id))
    found = {place.partition: each.offset for place, each in answer.items() if place.topic == topic}
    return [found.get(partition, -1) for partition in range(6)]


def administer(group):
    group.shared_by(group.join(), group.join())
    group.round()
    listed = with_admin(lambda client: client.list_consumer_groups())
    expect((group.id, "consumer") in listed, True, "it is listed")
    [answer] = with_admin(lambda client: client.describe_consumer_groups([group.id]))
    [(_code, group_id, state, kind, assignor, members, *_)] = answer.groups
    seen = (group_id, state, kind, assignor, len(members))
    expect(seen, (group.id, "Stable", "consumer", "roundrobin", 2), "description")
    group.committed_everywhere(10)
    return "list, describe, list offsets"


def balance(kind):
    def shared(group):
        shares = group.shared_by(group.join(kind=kind), group.join(kind=kind))
        group.read_by_owners()
        return shares

    return shared


def start():
    missing = {
        "group-cooperative": "aiokafka has eager rebalancing only",
        "group-848": "aiokafka has the classic protocol only",
    }
    own = {"group-admin": administer}
    own |= {f"group-balance-{kind}": balance(kind) for kind in ASSIGNORS}
    return start_group_checks(sys.modules[__name__], missing, own)


if __name__ == "__main__":
    run_member(join)
