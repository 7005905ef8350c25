"""kafka-python in a group: KafkaConsumer, and what KafkaAdminClient has for groups."""

import sys

from kafka import (
    ConsumerRebalanceListener,
    KafkaAdminClient,
    KafkaConsumer,
    KafkaProducer,
    OffsetAndMetadata,
    TopicPartition,
)
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from group_checks import start_group_checks
from members import PATIENCE_SECONDS, InThread, Read, run_member
from report import BROKERS, PREFIX, expect

COMMON = {"bootstrap_servers": BROKERS.split(","), "client_id": f"{PREFIX}-groups"}
ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
    "cooperative": CooperativeStickyAssignor,
}


class _Listener(ConsumerRebalanceListener):
    def __init__(self, member):
        self._member = member
        self._owned = set()

    def on_partitions_assigned(self, assigned):
        self._owned |= {place.partition for place in assigned}
        self._member.assigned(sorted(self._owned))

    def on_partitions_revoked(self, revoked):
        self._owned -= {place.partition for place in revoked}
        self._member.assigned(sorted(self._owned))


def join(member, how):
    config = COMMON | {
        "group_id": how["group_id"],
        "auto_offset_reset": "earliest",
        "enable_auto_commit": how["commits"] == "auto",
        "auto_commit_interval_ms": 100,
        "heartbeat_interval_ms": 500,
        "session_timeout_ms": how.get("session_timeout_ms", 45_000),
        "group_instance_id": how.get("instance_id"),
    }
    if "isolation" in how:
        config |= {"isolation_level": how["isolation"]}
    if "kind" in how:
        config |= {"partition_assignment_strategy": [ASSIGNORS[how["kind"]]]}
    return _InThread(lambda thread: _poll(thread, member, config, how), how["topic"])


def _poll(thread, member, config, how):
    consumer = KafkaConsumer(**config)
    consumer.subscribe([how["topic"]], listener=_Listener(member))
    # Or it joins first, learns of the topic later and joins anew: and when a poll ends just then, it
    # forgets that it has joined.
    consumer.partitions_for_topic(how["topic"])
    while thread.is_open:
        messages = [each for found in consumer.poll(200).values() for each in found]
        if messages:
            member.read([read_of(each) for each in messages])
            if how["commits"] == "each":
                consumer.commit_async()
        thread.serve(consumer)
    consumer.close()


def read_of(message):
    return Read(message.partition, message.offset, message.key.decode(), message.value.decode())


class _InThread(InThread):
    def __init__(self, work, topic):
        super().__init__(work)
        self._topic = topic

    def commit(self, offsets):
        places = {
            TopicPartition(self._topic, partition): OffsetAndMetadata(offset, "", -1)
            for partition, offset in enumerate(offsets)
        }
        self.ask(lambda consumer: consumer.commit(places))


# What the checks ask of this module


def with_admin(ask):
    client = KafkaAdminClient(**COMMON)
    try:
        return ask(client)
    finally:
        client.close()


def create_topic(topic, partitions):
    shape = {"num_partitions": partitions, "replication_factor": 3}
    with_admin(lambda client: client.create_topics({topic: shape}, wait_for_metadata=True))


def write(topic, rows):
    producer = KafkaProducer(**COMMON)
    sent = [
        producer.send(topic, row.value.encode(), row.key.encode(), partition=row.partition)
        for row in rows
    ]
    producer.flush(PATIENCE_SECONDS)
    for each in sent:
        each.get(PATIENCE_SECONDS)
    producer.close()


def committed(group_id, topic):
    answer = with_admin(lambda client: client.list_group_offsets(group_id))[group_id]
    found = {place.partition: each.offset for place, each in answer.items() if place.topic == topic}
    return [found.get(partition, -1) for partition in range(6)]


def listed(group_id):
    groups = with_admin(lambda client: client.list_groups())
    return [each for each in groups if each["group_id"] == group_id]


def administer(group):
    group.shared_by(group.join(), group.join())
    group.round()
    described = with_admin(lambda client: client.describe_groups([group.id]))[group.id]
    expect(described["group_state"], "Stable", "state")
    expect(described["protocol_data"], "range", "assignor")
    expect(len(described["members"]), 2, "members")
    expect([each["protocol_type"] for each in listed(group.id)], ["consumer"], "listed")
    group.close()
    places = [TopicPartition(group.topic, partition) for partition in range(6)]
    threes = {place: OffsetAndMetadata(3, "", -1) for place in places}
    with_admin(lambda client: client.alter_group_offsets(group.id, threes))
    group.committed_everywhere(3)
    with_admin(lambda client: client.delete_group_offsets(group.id, places[1:]))
    with_admin(lambda client: client.delete_groups([group.id]))
    expect(listed(group.id), [], "groups left")
    return "list, describe, alter and delete offsets, delete"


def balance(kind):
    def shared(group):
        shares = group.shared_by(group.join(kind=kind), group.join(kind=kind))
        group.read_by_owners()
        return shares

    return shared


def start():
    missing = {"group-848": "kafka-python has the classic protocol only"}
    own = {"group-admin": administer}
    own |= {f"group-balance-{kind}": balance(kind) for kind in ["range", "roundrobin", "sticky"]}
    return start_group_checks(sys.modules[__name__], missing, own)


if __name__ == "__main__":
    run_member(join)
