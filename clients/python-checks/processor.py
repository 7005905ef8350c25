"""Reads a group's topic and writes what it makes of it, with its offsets in the same transaction."""

from members import until

AT_MOST = 10


def transformed(row):
    return row._replace(offset=None, value=f"{row.value}, transformed")


class Processor:
    def __init__(self, group, ledger):
        self.done = 0  # rows that it has committed
        self._group = group
        self._ledger = ledger
        self._producer = group.client.transactional(f"{group.id}-processor")
        self._member = group.join(commits="told", isolation="read_committed")
        # By partition, behind what it has taken; a rebalance may bring a row again.
        self._next: dict[int, int] = {}

    def work(self, count):
        """Until it has committed so many. What it has done first is aborted, and done again."""
        fates = ["abort", "commit"]
        while self.done < count:
            rows = self._take()
            for fate in fates:
                self._transform(rows, fate)
                getattr(self._producer, fate)()
            self.done += len(rows)
            fates = ["commit"]

    def leave_one(self):
        """One more transaction that it does not end, and then it is gone."""
        self._transform(self._take(), "abort")
        self._member.close()

    def _transform(self, rows, fate):
        self._producer.begin()
        self._ledger.write(self._producer, fate, [transformed(row) for row in rows])
        offsets = {row.partition: row.offset + 1 for row in rows}
        self._producer.send_offsets(offsets, self._group.id, self._group.topic, self._member)

    def _take(self):
        """Some rows that it has read and not taken yet."""

        def fresh():
            is_fresh = lambda row: row.offset >= self._next.get(row.partition, 0)
            return list(filter(is_fresh, self._member.reads))

        until(fresh, "there is more to read", [self._member])
        rows = fresh()[:AT_MOST]
        self._next |= {row.partition: row.offset + 1 for row in rows}
        return rows

    def settle(self):
        return self._ledger.settle(self._producer)

    def close(self):
        self._producer.close()
