"""A group on a topic of its own, and all that was written to it."""

from members import Member, MemberProcess, Read, until
from report import PREFIX, eventually, expect

PARTITIONS = [0, 1, 2, 3, 4, 5]
AT_ONCE = 5


class Group:
    """
    `client` is a module: `create_topic(topic, partitions)`; `write(topic, rows)`, each just once; `join(member, how)`, which gives something with `close()` and
    `commit(offsets)`; `committed(group_id, topic)`, an offset for each partition; `__file__`, which
    run by itself is one member.
    """

    def __init__(self, client, name):
        self.client = client
        self.id = self.topic = f"{PREFIX}-{name}"
        self.members: list[Member] = []
        self.written: list[list[Read]] = [[] for _ in PARTITIONS]

    def create(self):
        """Writes to it too: so each broker, leader of some of it, knows it before anyone joins."""
        self.client.create_topic(self.topic, len(PARTITIONS))
        self.write()

    def another(self, suffix=""):
        """Another one on the same topic; without a suffix the same, with nobody in it."""
        other = Group(self.client, "")
        other.id, other.topic, other.written = self.id + suffix, self.topic, self.written
        return other

    def join(self, **how):
        member = Member()
        self.members.append(member)
        member.client = self.client.join(member, self._joining(how))
        return member

    def join_by_process(self, **how):
        member = MemberProcess(self.client.__file__, self._joining(how))
        self.members.append(member)
        return member

    def _joining(self, how):
        return {"group_id": self.id, "topic": self.topic, "commits": "each", **how}

    def close(self):
        for member in self.members:
            member.close()

    def __enter__(self):
        self.create()
        return self

    def __exit__(self, *_):
        self.close()

    def write(self):
        """A few records to each partition; gives these."""
        rows = []
        for partition in PARTITIONS:
            first = len(self.written[partition])
            for offset in range(first, first + AT_ONCE):
                rows.append(Read(partition, offset, f"key {offset}", f"{partition}, {offset}"))
        self.client.write(self.topic, rows)
        for row in rows:
            self.written[row.partition].append(row)
        return rows

    def all_read(self):
        """Until all that was written was read, by whomever; what was read is just that."""
        wanted = {row for rows in self.written for row in rows}
        seen = lambda: {row for member in self.members for row in member.reads}
        until(lambda: seen() >= wanted, f"{len(wanted)} records are read", self.members)
        expect(seen(), wanted, "what was read")
        return len(wanted)

    def round(self):
        """Writes once more, until all is read."""
        self.write()
        return self.all_read()

    def read_by_owners(self):
        """
        Until each has read what is written to its own partitions. Written to all twice, for a fetch
        that was under way when a partition moved may still bring the first of it to its last owner.
        """
        self.round()
        rows = self.write()

        def is_read(row):
            return any(row.partition in each.partitions and row in each.reads for each in self.members)

        until(lambda: all(map(is_read, rows)), "everyone reads its own", self.members)
        self.all_read()

    def shared_by(self, *members):
        """Until these have all partitions, each some, and none is two members'."""

        def is_shared():
            all_of_them = sorted(each for member in members for each in member.partitions)
            return all(each.partitions for each in members) and all_of_them == PARTITIONS

        until(is_shared, f"{len(members)} share the partitions", members)
        return " · ".join(" ".join(map(str, each.partitions)) for each in members)

    def committed_everywhere(self, offset):
        """Until the group's offset is this in every partition."""
        ask = lambda: self.client.committed(self.id, self.topic)
        what = f"offset {offset} is committed everywhere"
        eventually(what, lambda: ask() == [offset for _ in PARTITIONS])
