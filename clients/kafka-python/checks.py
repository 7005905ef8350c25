"""Every shared check (clients/checks.json) with kafka-python: one line of JSON for each."""

import sys
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.partitioner.default import murmur2

import groups
import transactions
from records import Journal, Record, keyed_by, numbered
from report import BROKERS, PREFIX, WAIT_SECONDS, check, eventually, expect, status

TOPIC = f"{PREFIX}-records"
COMMON = {"bootstrap_servers": BROKERS.split(","), "client_id": PREFIX}

written = Journal()


# Writing and reading


def consumer(partitions, topic=TOPIC):
    made = KafkaConsumer(**COMMON, enable_auto_commit=False)
    made.assign([TopicPartition(topic, partition) for partition in partitions])
    return made


def take(reader, count):
    """The next records, by partition, in the order of their offsets."""
    deadline = time.monotonic() + WAIT_SECONDS
    found = {place.partition: [] for place in reader.assignment()}
    while sum(map(len, found.values())) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"of {count} records came {found!r:.300}")
        for place, messages in reader.poll(timeout_ms=500).items():
            found[place.partition] += map(record_of, messages)
    return found


def record_of(message):
    headers = tuple(message.headers)
    return Record(message.value, message.key, headers, message.partition, message.timestamp)


def read(positions, topic=TOPIC):
    """Everything from the given offsets up to the present ends, by partition."""
    reader = consumer(positions, topic)
    for partition, offset in positions.items():
        reader.seek(TopicPartition(topic, partition), offset)
    ends = reader.end_offsets(list(reader.assignment()))
    count = sum(end - positions[place.partition] for place, end in ends.items())
    found = take(reader, count)
    reader.close()
    return found


def produce(records, **config):
    """Writes to TOPIC; gives the records as they now should stand there."""
    producer = KafkaProducer(**COMMON, **config)
    sent = [(record, send(producer, record)) for record in written.stamped(records)]
    producer.flush(WAIT_SECONDS)
    producer.close()
    return [record._replace(partition=future.get().partition) for record, future in sent]


def send(producer, record):
    return producer.send(
        TOPIC,
        record.value,
        key=record.key,
        headers=list(record.headers),
        partition=record.partition,
        timestamp_ms=record.timestamp,
    )


def round_trip(records, **config):
    """Writes, remembers what was written, and reads just that back."""
    delivered = produce(records, **config)
    ends, expected = written.add(delivered)
    eventually("the records are read", lambda: read(ends) == expected)
    return delivered


# Checks


def value_of(client, resource, name):
    return client.describe_configs([resource])["topic"][resource.name][name]["value"]


def create_topic():
    client = KafkaAdminClient(**COMMON)
    shape = {"num_partitions": 3, "replication_factor": 3, "configs": {"retention.ms": "3600000"}}
    client.create_topics({TOPIC: shape}, wait_for_metadata=True)
    describe = lambda: client.describe_topics([TOPIC])[0]["partitions"]
    described = eventually("the topic is known", describe)
    expect([len(each["replica_nodes"]) for each in described], [3, 3, 3], "replicas")
    resource = ConfigResource(ConfigResourceType.TOPIC, TOPIC)
    retention = eventually("its config too", lambda: value_of(client, resource, "retention.ms"))
    expect(retention, "3600000", "retention.ms")
    client.close()
    return "3 partitions, 3 replicas, retention.ms"


def produced(name, **config):
    return f"{len(round_trip(numbered(name), **config))} records"


def keyed():
    for record in round_trip(keyed_by(5)):  # the default partitioner: Java's murmur2
        chosen = (murmur2(record.key) & 0x7FFFFFFF) % 3
        expect(record.partition, chosen, f"partition of {record.key}")
    return "20 records, 5 keys"


def unkeyed():
    delivered = round_trip([Record(f"no key {n}".encode()) for n in range(20)])
    return f"20 records in {len({record.partition for record in delivered})} partitions"


def null_value():
    round_trip([Record(None, b"gone"), Record(b"", b"empty"), Record(b"")])
    return "null and empty with a key, empty without"


def headers():
    pairs = (("trace", b"1"), ("trace", b"2"), ("empty", b""))
    round_trip([Record(b"with headers", b"key", pairs)])
    return "a name twice, an empty value; the client refuses null values"


def sizes():
    lengths = [1, 100, 10_000, 1_048_000]
    round_trip([Record(b"x" * length, partition=0) for length in lengths])
    return f"{lengths} bytes"


def read_from(offset):
    expect(read({0: offset})[0], written[0][offset:], f"from {offset}")
    return f"{len(written[0]) - offset} records from offset {offset}"


def read_from_latest():
    reader = consumer([0])
    [place] = reader.assignment()
    reader.seek_to_end(place)
    expect(reader.position(place), len(written[0]), "the end")
    late = round_trip([Record(f"late {n}".encode(), partition=0) for n in range(3)])
    expect(take(reader, 3)[0], late, "what came after")
    reader.close()
    return "3 records"


def read_from_timestamp():
    middle = len(written[0]) // 2
    reader = consumer([0])
    [place] = reader.assignment()
    found = reader.offsets_for_times({place: written[0][middle].timestamp})[place]
    reader.close()
    expect(found.offset, middle, "offset of the time")
    return read_from(found.offset)


def compare_all():
    expect(read({0: 0, 1: 0, 2: 0}), written.partitions, "all partitions")
    return f"{written.count()} records: key, value, headers, timestamp"


def metadata():
    client = KafkaAdminClient(**COMMON)
    brokers = sorted(broker["broker_id"] for broker in client.describe_cluster()["brokers"])
    expect(len(brokers), 3, "brokers")
    [topic] = client.describe_topics([TOPIC])
    client.close()
    partitions = sorted(topic["partitions"], key=lambda each: each["partition_index"])
    for partition in partitions:
        expect(sorted(partition["isr_nodes"]), brokers, "in-sync replicas")
        expect(partition["leader_id"] in brokers, True, "leader is a broker")
    return f"brokers {brokers}, leaders {[each['leader_id'] for each in partitions]}"


def admin():
    client, topic = KafkaAdminClient(**COMMON), f"{PREFIX}-admin"
    first = TopicPartition(topic, 0)
    client.create_topics({topic: {"num_partitions": 1, "replication_factor": 3}})
    eventually("the topic is known", lambda: topic in client.list_topics())
    client.create_partitions({topic: 4})
    partitions = lambda: client.describe_topics([topic])[0]["partitions"]
    eventually("it has 4 partitions", lambda: len(partitions()) == 4)

    change = ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": "2000"})
    expect(client.alter_configs([change]), {"topic": {topic: "OK"}}, "altered configs")
    changed = lambda: value_of(client, change, "max.message.bytes") == "2000"
    eventually("the config is changed", changed)

    producer = KafkaProducer(**COMMON)
    for n in range(10):
        producer.send(topic, str(n).encode(), partition=0)
    producer.close()
    deleted = client.delete_records({first: 5})
    expect(deleted[first]["low_watermark"], 5, "low watermark")
    expect(len(read({0: 5}, topic)[0]), 5, "records left")

    client.delete_topics([topic])
    eventually("the topic is gone", lambda: topic not in client.list_topics())
    client.close()
    return "create and delete topic, create partitions, alter and describe configs, delete records"


check("create-topic", create_topic)
waits = [groups.start(), transactions.start()]  # beside all the rest, as they mostly wait
for codec in ["uncompressed", "gzip", "snappy", "lz4", "zstd"]:
    kind = None if codec == "uncompressed" else codec
    check(f"produce-{codec}", produced, codec, compression_type=kind)
for acks in [0, 1, "all"]:
    check(f"acks-{acks}", produced, f"acks {acks}", acks=acks, enable_idempotence=acks == "all")
check("keyed", keyed)
check("unkeyed", unkeyed)
check("null-value", null_value)
check("headers", headers)
check("sizes", sizes)
check("idempotent", produced, "idempotent", enable_idempotence=True)
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
