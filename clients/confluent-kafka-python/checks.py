"""Every shared check (clients/checks.json) with confluent-kafka: one line of JSON for each."""

import sys
import zlib

from confluent_kafka import (
    OFFSET_END,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
)

import groups
import transactions
from records import Journal, Record, keyed_by, numbered
from report import BROKERS, PREFIX, WAIT_SECONDS, check, eventually, expect, status

TOPIC = f"{PREFIX}-records"
COMMON = {"bootstrap.servers": BROKERS, "client.id": PREFIX}

written = Journal()


# Writing and reading


def consumer(positions, topic=TOPIC):
    """A consumer placed by hand; it never joins its group, which the client insists on naming."""
    ours = {"group.id": PREFIX, "enable.auto.commit": False}
    ends = {"enable.partition.eof": True, "fetch.wait.max.ms": 10}
    made = Consumer(COMMON | ours | ends)
    made.assign([TopicPartition(topic, *position) for position in positions.items()])
    return made


def poll(reader):
    message = reader.poll(WAIT_SECONDS)
    if message is None:
        raise TimeoutError("nothing came")
    if message.error() and message.error().code() != KafkaError._PARTITION_EOF:
        raise KafkaException(message.error())
    return message


def read(positions, topic=TOPIC):
    """Everything from the given offsets up to the present ends, by partition."""
    reader, unfinished = consumer(positions, topic), set(positions)
    found = {partition: [] for partition in positions}
    while unfinished:
        message = poll(reader)
        if message.error():
            unfinished.discard(message.partition())
        else:
            found[message.partition()].append(record_of(message))
    reader.close()
    return found


def record_of(message):
    headers = tuple(message.headers() or ())
    stamp = message.timestamp()[1]
    return Record(message.value(), message.key(), headers, message.partition(), stamp)


def produce(records, **config):
    """Writes to TOPIC; gives the records as they now should stand there."""
    producer = Producer(COMMON | {"message.max.bytes": 1048588} | config)
    delivered = []
    for record in written.stamped(records):

        def on_delivery(error, message, record=record):
            if error:
                raise KafkaException(error)
            delivered.append(record._replace(partition=message.partition()))

        fields = {name: value for name, value in record._asdict().items() if value is not None}
        fields["headers"] = list(record.headers)
        producer.produce(TOPIC, on_delivery=on_delivery, **fields)
    expect(producer.flush(WAIT_SECONDS), 0, "records still on their way")
    expect(len(delivered), len(records), "delivery reports")
    return delivered


def round_trip(records, **config):
    """Writes, remembers what was written, and reads just that back."""
    delivered = produce(records, **config)
    ends, expected = written.add(delivered)
    eventually("the records are read", lambda: read(ends) == expected)
    return delivered


# Checks


def value_of(client, resource, name):
    return client.describe_configs([resource])[resource].result()[name].value


def create_topic():
    client = AdminClient(COMMON)
    new = NewTopic(TOPIC, 3, 3, config={"retention.ms": "3600000"})
    client.create_topics([new])[TOPIC].result()
    asked = TopicCollection([TOPIC])
    describe = lambda: client.describe_topics(asked)[TOPIC].result().partitions
    described = eventually("the topic is known", describe)
    expect([len(each.replicas) for each in described], [3, 3, 3], "replicas")
    resource = ConfigResource(ConfigResource.Type.TOPIC, TOPIC)
    retention = eventually("its config too", lambda: value_of(client, resource, "retention.ms"))
    expect(retention, "3600000", "retention.ms")
    return "3 partitions, 3 replicas, retention.ms"


def produced(name, **config):
    return f"{len(round_trip(numbered(name), **config))} records"


def keyed():
    for record in round_trip(keyed_by(5)):  # the default partitioner: CRC32 of the key
        expect(record.partition, zlib.crc32(record.key) % 3, f"partition of {record.key}")
    return "20 records, 5 keys"


def unkeyed():
    delivered = round_trip([Record(f"no key {n}".encode()) for n in range(20)])
    return f"20 records in {len({record.partition for record in delivered})} partitions"


def null_value():
    round_trip([Record(None, b"gone"), Record(b"", b"empty"), Record(None), Record(b"")])
    return "null and empty, with a key and without"


def headers():
    pairs = (("trace", b"1"), ("trace", b"2"), ("empty", b""), ("null", None))
    round_trip([Record(b"with headers", b"key", pairs)])
    return "a name twice, an empty and a null value"


def sizes():
    lengths = [1, 100, 10_000, 1_048_000]
    round_trip([Record(b"x" * length, partition=0) for length in lengths])
    return f"{lengths} bytes"


def read_from(offset):
    expect(read({0: offset})[0], written[0][offset:], f"from {offset}")
    return f"{len(written[0]) - offset} records from offset {offset}"


def read_from_latest():
    reader = consumer({0: OFFSET_END})
    expect(poll(reader).error().code(), KafkaError._PARTITION_EOF, "first event")
    late = round_trip([Record(f"late {n}".encode(), partition=0) for n in range(3)])
    found = []
    while len(found) < 3:
        message = poll(reader)
        if not message.error():
            found.append(record_of(message))
    reader.close()
    expect(found, late, "what came after")
    return "3 records"


def read_from_timestamp():
    middle = len(written[0]) // 2
    asked = TopicPartition(TOPIC, 0, written[0][middle].timestamp)
    reader = consumer({0: 0})
    [found] = reader.offsets_for_times([asked], WAIT_SECONDS)
    reader.close()
    expect(found.offset, middle, "offset of the time")
    return read_from(found.offset)


def compare_all():
    expect(read({0: 0, 1: 0, 2: 0}), written.partitions, "all partitions")
    return f"{written.count()} records: key, value, headers, timestamp"


def metadata():
    cluster = AdminClient(COMMON).list_topics(timeout=WAIT_SECONDS)
    expect(len(cluster.brokers), 3, "brokers")
    partitions = cluster.topics[TOPIC].partitions.values()
    for partition in partitions:
        expect(sorted(partition.isrs), sorted(cluster.brokers), "in-sync replicas")
        expect(partition.leader in cluster.brokers, True, "leader is a broker")
    leaders = [partition.leader for partition in partitions]
    return f"brokers {sorted(cluster.brokers)}, leaders {leaders}"


def admin():
    client, topic = AdminClient(COMMON), f"{PREFIX}-admin"

    def partitions():
        found = client.list_topics().topics.get(topic)
        return len(found.partitions) if found else 0

    client.create_topics([NewTopic(topic, 1, 3)])[topic].result()
    eventually("the topic is known", lambda: partitions() == 1)
    client.create_partitions([NewPartitions(topic, 4)])[topic].result()
    eventually("it has 4 partitions", lambda: partitions() == 4)

    entry = ConfigEntry("max.message.bytes", "2000", incremental_operation=AlterConfigOpType.SET)
    change = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])
    client.incremental_alter_configs([change])[change].result()
    changed = lambda: value_of(client, change, "max.message.bytes") == "2000"
    eventually("the config is changed", changed)

    producer = Producer(COMMON)
    for n in range(10):
        producer.produce(topic, str(n), partition=0)
    producer.flush(WAIT_SECONDS)
    before = TopicPartition(topic, 0, 5)
    deleted = client.delete_records([before])[before].result()
    expect(deleted.low_watermark, 5, "low watermark")
    expect(len(read({0: 5}, topic)[0]), 5, "records left")

    client.delete_topics([topic])[topic].result()
    eventually("the topic is gone", lambda: partitions() == 0)
    return "create and delete topic, create partitions, alter and describe configs, delete records"


check("create-topic", create_topic)
waits = [groups.start(), transactions.start()]  # beside all the rest, as they mostly wait
for codec in ["uncompressed", "gzip", "snappy", "lz4", "zstd"]:
    name = "none" if codec == "uncompressed" else codec
    check(f"produce-{codec}", produced, codec, **{"compression.type": name})
for acks in ["0", "1", "all"]:
    check(f"acks-{acks}", produced, f"acks {acks}", acks=acks)
check("keyed", keyed)
check("unkeyed", unkeyed)
check("null-value", null_value)
check("headers", headers)
check("sizes", sizes)
check("idempotent", produced, "idempotent", **{"enable.idempotence": True})
check("read-from-earliest", read_from, 0)
check("read-from-latest", read_from_latest)
check("read-from-offset", read_from, 7)
check("read-from-timestamp", read_from_timestamp)
check("compare-all", compare_all)
check("metadata", metadata)
check("admin", admin)
for wait in waits:
    wait()
sys.exit(status())
