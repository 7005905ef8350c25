"""What is written to a topic of three partitions, and the memory of it."""

import time
from typing import NamedTuple


class Record(NamedTuple):
    value: bytes | None
    key: bytes | None = None
    headers: tuple = ()
    partition: int | None = None  # None: the partitioner chooses
    timestamp: int = 0


class Journal:
    """All that was written, by partition, in the order of its offsets."""

    def __init__(self):
        self.partitions: dict[int, list[Record]] = {0: [], 1: [], 2: []}
        self._start_ms = int(time.time() * 1000) - 60_000

    def __getitem__(self, partition):
        return self.partitions[partition]

    def count(self):
        return sum(map(len, self.partitions.values()))

    def stamped(self, records):
        """The same records, each a millisecond later than the last: a time means one record."""
        first = self._start_ms + self.count()
        return [record._replace(timestamp=first + n) for n, record in enumerate(records)]

    def add(self, delivered):
        """Remembers what was written; gives where it begins, and what should be read from there."""
        ends = {partition: len(there) for partition, there in self.partitions.items()}
        for record in delivered:
            self.partitions[record.partition].append(record)
        return ends, {partition: self[partition][end:] for partition, end in ends.items()}


def numbered(name, count=20):
    return [Record(f"{name} {n} {'.' * 100}".encode(), partition=n % 3) for n in range(count)]


def keyed_by(keys, count=20):
    return [Record(f"value {n}".encode(), f"key {n % keys}".encode()) for n in range(count)]
