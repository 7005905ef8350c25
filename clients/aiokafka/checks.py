"""Every shared check (clients/checks.json) with aiokafka: one line of JSON for each."""

import asyncio
import sys
import time
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.partitioner import murmur2

import groups
import transactions
from records import Journal, Record, keyed_by, numbered
from report import BROKERS, PREFIX, WAIT_SECONDS, expect, reported, status

TOPIC = f"{PREFIX}-records"
COMMON = {"bootstrap_servers": BROKERS, "client_id": PREFIX}

written = Journal()


async def check(name, body):
    with reported(name) as said:
        said["detail"] = await asyncio.wait_for(body, 2 * WAIT_SECONDS)


async def eventually(what, attempt):
    """Each broker learns of a change on its own: asks until it is so, and gives the answer."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (answer := await attempt()):
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.05)
    return answer


# Writing and reading


async def consumer(partitions, topic=TOPIC):
    made = AIOKafkaConsumer(**COMMON)
    made.assign([TopicPartition(topic, partition) for partition in partitions])
    await made.start()
    return made


async def take(reader, count):
    """The next records, by partition, in the order of their offsets."""
    found = {place.partition: [] for place in reader.assignment()}
    while sum(map(len, found.values())) < count:
        for place, messages in (await reader.getmany(timeout_ms=500)).items():
            found[place.partition] += map(record_of, messages)
    return found


def record_of(message):
    headers = tuple(message.headers)
    return Record(message.value, message.key, headers, message.partition, message.timestamp)


async def read(positions, topic=TOPIC):
    """Everything from the given offsets up to the present ends, by partition."""
    reader = await consumer(positions, topic)
    for partition, offset in positions.items():
        reader.seek(TopicPartition(topic, partition), offset)
    ends = await reader.end_offsets(list(reader.assignment()))
    found = await take(reader, sum(ends.values()) - sum(positions.values()))
    await reader.stop()
    return found


async def produce(records, **config):
    """Writes to TOPIC; gives the records as they now should stand there."""
    async with AIOKafkaProducer(**COMMON, **config) as producer:
        sent = [(record, await send(producer, record)) for record in written.stamped(records)]
        places = [await future or record for record, future in sent]  # nobody answers acks=0
    return [
        record._replace(partition=place.partition)
        for (record, _), place in zip(sent, places, strict=True)
    ]


def send(producer, record):
    return producer.send(
        TOPIC,
        record.value,
        key=record.key,
        headers=list(record.headers),
        partition=record.partition,
        timestamp_ms=record.timestamp,
    )


async def round_trip(records, **config):
    """Writes, remembers what was written, and reads just that back."""
    delivered = await produce(records, **config)
    ends, expected = written.add(delivered)

    async def arrived():
        return await read(ends) == expected

    await eventually("the records are read", arrived)
    return delivered


# Checks


@asynccontextmanager
async def admin_client():
    client = AIOKafkaAdminClient(**COMMON)
    await client.start()
    yield client
    await client.close()


async def value_of(client, resource, name):
    [answer] = await client.describe_configs([resource])
    [(_code, _message, _type, _topic, entries)] = answer.resources
    return next((entry[1] for entry in entries if entry[0] == name), None)


async def create_topic():
    new = NewTopic(TOPIC, 3, 3, topic_configs={"retention.ms": "3600000"})
    async with admin_client() as client:
        answer = await client.create_topics([new])
        expect(answer.topic_errors[0][1], 0, "error code")

        async def partitions():
            [topic] = await client.describe_topics([TOPIC])
            return topic["partitions"]

        described = await eventually("the topic is known", partitions)
        expect([len(each["replicas"]) for each in described], [3, 3, 3], "replicas")
        resource = ConfigResource(ConfigResourceType.TOPIC, TOPIC)
        ask = lambda: value_of(client, resource, "retention.ms")
        expect(await eventually("its config too", ask), "3600000", "retention.ms")
    return "3 partitions, 3 replicas, retention.ms"


async def produced(name, **config):
    return f"{len(await round_trip(numbered(name), **config))} records"


async def keyed():
    for record in await round_trip(keyed_by(5)):  # the default partitioner: Java's murmur2
        chosen = (murmur2(record.key) & 0x7FFFFFFF) % 3
        expect(record.partition, chosen, f"partition of {record.key}")
    return "20 records, 5 keys"


async def unkeyed():
    delivered = await round_trip([Record(f"no key {n}".encode()) for n in range(20)])
    return f"20 records in {len({record.partition for record in delivered})} partitions"


async def null_value():
    await round_trip([Record(None, b"gone"), Record(b"", b"empty"), Record(b"")])
    return "null and empty with a key, empty without"


async def headers():
    pairs = (("trace", b"1"), ("trace", b"2"), ("empty", b""), ("null", None))
    await round_trip([Record(b"with headers", b"key", pairs)])
    return "a name twice, an empty and a null value"


async def sizes():
    lengths = [1, 100, 10_000, 1_048_000]
    await round_trip([Record(b"x" * length, partition=0) for length in lengths])
    return f"{lengths} bytes"


async def read_from(offset):
    expect((await read({0: offset}))[0], written[0][offset:], f"from {offset}")
    return f"{len(written[0]) - offset} records from offset {offset}"


async def read_from_latest():
    reader = await consumer([0])
    [place] = reader.assignment()
    await reader.seek_to_end(place)
    expect(await reader.position(place), len(written[0]), "the end")
    late = await round_trip([Record(f"late {n}".encode(), partition=0) for n in range(3)])
    expect((await take(reader, 3))[0], late, "what came after")
    await reader.stop()
    return "3 records"


async def read_from_timestamp():
    middle = len(written[0]) // 2
    reader = await consumer([0])
    [place] = reader.assignment()
    found = await reader.offsets_for_times({place: written[0][middle].timestamp})
    await reader.stop()
    expect(found[place].offset, middle, "offset of the time")
    return await read_from(middle)


async def compare_all():
    expect(await read({0: 0, 1: 0, 2: 0}), written.partitions, "all partitions")
    return f"{written.count()} records: key, value, headers, timestamp"


async def metadata():
    async with admin_client() as client:
        cluster = await client.describe_cluster()
        [topic] = await client.describe_topics([TOPIC])
    brokers = sorted(broker["node_id"] for broker in cluster["brokers"])
    expect(len(brokers), 3, "brokers")
    partitions = sorted(topic["partitions"], key=lambda each: each["partition"])
    for partition in partitions:
        expect(sorted(partition["isr"]), brokers, "in-sync replicas")
        expect(partition["leader"] in brokers, True, "leader is a broker")
    return f"brokers {brokers}, leaders {[each['leader'] for each in partitions]}"


async def admin():
    topic = f"{PREFIX}-admin"
    first = TopicPartition(topic, 0)
    async with admin_client() as client:

        async def partitions():
            [described] = await client.describe_topics([topic])
            return len(described["partitions"])

        async def has(count):
            return await partitions() == count

        await client.create_topics([NewTopic(topic, 1, 3)])
        await eventually("the topic is known", lambda: has(1))
        await client.create_partitions({topic: NewPartitions(4)})
        await eventually("it has 4 partitions", lambda: has(4))

        change = ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": "2000"})
        await client.alter_configs([change])

        async def changed():
            return await value_of(client, change, "max.message.bytes") == "2000"

        await eventually("the config is changed", changed)

        async with AIOKafkaProducer(**COMMON, acks="all") as producer:
            for n in range(10):
                await producer.send(topic, str(n).encode(), partition=0)
        deleted = await client.delete_records({first: RecordsToDelete(5)})
        expect(deleted, {first: 5}, "low watermark")
        expect(len((await read({0: 5}, topic))[0]), 5, "records left")

        await client.delete_topics([topic])
        await eventually("the topic is gone", lambda: has(0))
    return "create and delete topic, create partitions, alter and describe configs, delete records"


async def main():
    await check("create-topic", create_topic())
    for codec in ["uncompressed", "gzip", "snappy", "lz4", "zstd"]:
        kind = None if codec == "uncompressed" else codec
        await check(f"produce-{codec}", produced(codec, compression_type=kind))
    for acks in [0, 1, "all"]:
        await check(f"acks-{acks}", produced(f"acks {acks}", acks=acks))
    await check("keyed", keyed())
    await check("unkeyed", unkeyed())
    await check("null-value", null_value())
    await check("headers", headers())
    await check("sizes", sizes())
    await check("idempotent", produced("idempotent", enable_idempotence=True))
    await check("read-from-earliest", read_from(0))
    await check("read-from-latest", read_from_latest())
    await check("read-from-offset", read_from(7))
    await check("read-from-timestamp", read_from_timestamp())
    await check("compare-all", compare_all())
    await check("metadata", metadata())
    await check("admin", admin())


waits = [groups.start(), transactions.start()]  # beside all the rest, as they mostly wait
asyncio.run(main())
for wait in waits:
    wait()
sys.exit(status())
