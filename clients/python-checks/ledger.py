"""A topic, all that is written to it in transactions, and two who read it from its start."""

from typing import NamedTuple

from members import Member, Read, until
from report import PREFIX, expect

ISOLATIONS = ["read_committed", "read_uncommitted"]


class Written(NamedTuple):
    row: Read
    is_aborted: bool


class Ledger:
    """
    `client` is that of a Group, and has `transactional(transactional_id)`, which gives a producer
    that has been initialized: `begin()`; `send(topic, rows)`, which gives the offsets when all is
    acknowledged; `send_offsets(offsets, group_id, topic, member)`, by partition what the next one is
    to read; `commit()`, `abort()`, `close()`; and `name_of(error)`, with `FENCED`, the name of the
    one that a fenced producer gets.
    """

    def __init__(self, client, name, partitions):
        self.topic = f"{PREFIX}-{name}"
        self._partitions = range(partitions)
        self._written: list[Written] = []  # in the order of writing
        client.create_topic(self.topic, partitions)
        # So each broker, leader of some of it, has heard of it before anyone reads.
        first = [row._replace(offset=n % 2) for n, row in enumerate(self.batch())]
        client.write(self.topic, first)
        self._written += [Written(row, False) for row in first]
        self.committed, self.uncommitted = [self._read(client, each) for each in ISOLATIONS]

    def _read(self, client, isolation):
        member = Member()
        group_id = f"{self.topic}-{isolation}"
        how = {"group_id": group_id, "topic": self.topic, "isolation": isolation, "commits": "each"}
        member.client = client.join(member, how)
        return member

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.committed.close()
        self.uncommitted.close()

    def batch(self):
        """Two rows for each partition."""
        first = len(self._written)
        return [
            Read(partition, None, key, f"row {first}, {partition} {key}")
            for partition in self._partitions
            for key in "ab"
        ]

    def write(self, producer, fate, rows=None):
        """In the open transaction of a producer, of which is known how it will end."""
        rows = rows or self.batch()
        offsets = producer.send(self.topic, rows)
        for row, offset in zip(rows, offsets, strict=True):
            self._written.append(Written(row._replace(offset=offset), fate == "abort"))
        return rows

    def transaction(self, producer, fate):
        producer.begin()
        self.write(producer, fate)
        getattr(producer, fate)()

    def has_read(self, reader, rows):
        """Until somebody has read these rows, which are the last of all."""
        wanted = {row.value for row in rows}
        values = lambda: {row.value for row in reader.reads}
        until(lambda: wanted <= values(), f"{len(rows)} rows are read", [reader])

    def settle(self, producer):
        """A last transaction: when both have read it, they have read just what they should."""
        producer.begin()
        last = self.write(producer, "commit")
        producer.commit()
        for reader in [self.committed, self.uncommitted]:
            self.has_read(reader, last)
        for partition in self._partitions:
            self._compare(partition)
        aborted = sum(each.is_aborted for each in self._written)
        return f"{len(self._written)} records, {aborted} of them aborted"

    def _compare(self, partition):
        written = [each for each in self._written if each.row.partition == partition]
        read = read_in(self.uncommitted, partition)
        expect(read, [each.row for each in written], "read uncommitted")
        committed = [each.row for each in written if not each.is_aborted]
        expect(read_in(self.committed, partition), committed, "read committed")


def read_in(reader, partition):
    """What was read of a partition, in that order; what a rebalance brought again, once."""
    return list({row.offset: row for row in reader.reads if row.partition == partition}.values())
