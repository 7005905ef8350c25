"""confluent-kafka in a group: Consumer, and what AdminClient has for groups."""

import sys

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from group_checks import start_group_checks
from members import PATIENCE_SECONDS, InThread, Read, run_member
from report import BROKERS, PREFIX, expect

COMMON = {"bootstrap.servers": BROKERS, "client.id": f"{PREFIX}-groups"}
KINDS = {
    "cooperative": {"partition.assignment.strategy": "cooperative-sticky"},
    "roundrobin": {"partition.assignment.strategy": "roundrobin"},
    "848": {"group.protocol": "consumer"},
}


def join(member, how):
    config = COMMON | {
        "group.id": how["group_id"],
        "auto.offset.reset": "earliest",
        "enable.auto.commit": how["commits"] == "auto",
        "auto.commit.interval.ms": 100,
    }
    if how.get("kind") != "848":
        config |= {"heartbeat.interval.ms": 500}
        config |= {"session.timeout.ms": how.get("session_timeout_ms", 45_000)}
    if "instance_id" in how:
        config |= {"group.instance.id": how["instance_id"]}
    if "isolation" in how:
        config |= {"isolation.level": how["isolation"]}
    config |= KINDS.get(how.get("kind"), {})
    return _InThread(lambda thread: _poll(thread, member, Consumer(config), how), how["topic"])


def _poll(thread, member, consumer, how):
    owned = set()

    def on_assign(_, places):
        owned.update(place.partition for place in places)
        member.assigned(sorted(owned))

    def on_revoke(_, places):
        owned.difference_update(place.partition for place in places)
        member.assigned(sorted(owned))

    consumer.subscribe([how["topic"]], on_assign=on_assign, on_revoke=on_revoke)
    while thread.is_open:
        messages = [each for each in consumer.consume(100, 0.1) if not each.error()]
        if messages:
            member.read([read_of(each) for each in messages])
            if how["commits"] == "each":
                for each in messages:
                    consumer.commit(each, asynchronous=True)
        thread.serve(consumer)
    consumer.close()


def read_of(message):
    key, value = message.key().decode(), message.value().decode()
    return Read(message.partition(), message.offset(), key, value)


class _InThread(InThread):
    def __init__(self, work, topic):
        super().__init__(work)
        self._topic = topic

    def commit(self, offsets):
        places = [TopicPartition(self._topic, n, offset) for n, offset in enumerate(offsets)]
        self.ask(lambda consumer: consumer.commit(offsets=places, asynchronous=False))


# What the checks ask of this module

client = AdminClient(COMMON)


def create_topic(topic, partitions):
    client.create_topics([NewTopic(topic, partitions, 3)])[topic].result()


def write(topic, rows):
    producer = Producer(COMMON | {"enable.idempotence": True})
    for row in rows:
        producer.produce(topic, row.value, row.key, row.partition)
    expect(producer.flush(PATIENCE_SECONDS), 0, "records still on their way")


def committed(group_id, _topic):
    asked = [ConsumerGroupTopicPartitions(group_id)]
    answer = client.list_consumer_group_offsets(asked)[group_id].result()
    found = {place.partition: place.offset for place in answer.topic_partitions}
    return [found.get(partition, -1) for partition in range(6)]


def type_of(group_id):
    [listed] = [each for each in listing() if each.group_id == group_id]
    return listed.type.name.lower()


def listing():
    return client.list_consumer_groups().result().valid


def administer(group):
    group.shared_by(group.join(), group.join())
    group.round()
    described = client.describe_consumer_groups([group.id])[group.id].result()
    expect(described.state.name, "STABLE", "state")
    expect(described.partition_assignor, "range", "assignor")
    expect(len(described.members), 2, "members")
    expect(type_of(group.id), "classic", "type")
    group.close()
    places = [TopicPartition(group.topic, n, 3) for n in range(6)]
    altered = [ConsumerGroupTopicPartitions(group.id, places)]
    client.alter_consumer_group_offsets(altered)[group.id].result()
    group.committed_everywhere(3)
    client.delete_consumer_groups([group.id])[group.id].result()
    expect([each for each in listing() if each.group_id == group.id], [], "groups left")
    return "list, describe, list and alter offsets, delete"


def round_robin(group):
    shares = group.shared_by(group.join(kind="roundrobin"), group.join(kind="roundrobin"))
    group.read_by_owners()
    return shares


def start():
    own = {"group-admin": administer, "group-balance-roundrobin": round_robin}
    return start_group_checks(sys.modules[__name__], {}, own)


if __name__ == "__main__":
    run_member(join)
