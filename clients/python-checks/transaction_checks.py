"""The checks of transactions (clients/checks.json), some beside each other."""

import threading

from group import Group
from ledger import Ledger, read_in
from members import Read
from processor import Processor, transformed
from report import PREFIX, check, expect, lacks


def start_transaction_checks(client, missing, own):
    """
    Gives a function that waits until they are done. `missing` has the reasons of those that the
    client lacks; `own` has further ones.
    """
    for name, why in missing.items():
        lacks(name, why)
    alone = {
        "transaction-offsets": lambda: offsets(client),
        "transaction-consume-transform-produce": lambda: consume_transform_produce(client),
        **own,
    }
    works = [lambda: on_one_topic(client)]
    works += [lambda name=name, body=body: check(name, body) for name, body in alone.items()]
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    return lambda: [thread.join() for thread in threads]


def on_one_topic(client):
    """One after the other, as all write to one topic."""
    with Ledger(client, "transactions", 3) as ledger:
        check("transaction-commit", committed, client, ledger)
        check("transaction-abort", aborted, client, ledger)
        check("transaction-isolation", isolated, client, ledger)
        check("transaction-fencing", fenced, client, ledger)


def producer_of(client, name):
    return client.transactional(f"{PREFIX}-transactions-{name}")


def committed(client, ledger):
    only = producer_of(client, "only")
    for _ in range(3):
        ledger.transaction(only, "commit")
    seen = ledger.settle(only)
    only.close()
    return seen


def aborted(client, ledger):
    a, b = producer_of(client, "a"), producer_of(client, "b")
    for fate in ["commit", "abort", "commit", "abort"]:
        ledger.transaction(a, fate)
    a.begin()
    ledger.write(a, "abort")
    b.begin()
    ledger.write(b, "commit")
    ledger.write(a, "abort")
    a.abort()
    ledger.write(b, "commit")
    b.commit()
    seen = ledger.settle(a)
    a.close()
    b.close()
    return seen


def isolated(client, ledger):
    still_open, other = producer_of(client, "open"), producer_of(client, "other")
    before = len(ledger.committed.reads)
    still_open.begin()
    ledger.write(still_open, "commit")
    other.begin()
    behind = ledger.write(other, "commit")
    other.commit()
    ledger.has_read(ledger.uncommitted, behind)
    expect(len(ledger.committed.reads), before, "records read committed")
    still_open.commit()
    seen = ledger.settle(still_open)
    still_open.close()
    other.close()
    return seen


def fenced(client, ledger):
    first = producer_of(client, "twice")
    first.begin()
    ledger.write(first, "abort")
    second = producer_of(client, "twice")
    ledger.transaction(second, "commit")
    try:
        first.commit()
        said = "nothing"
    except Exception as error:
        said = client.name_of(error)
    expect(said, client.FENCED, "what the first is told")
    seen = ledger.settle(second)
    second.close()
    first.close()
    return f"{seen}; the first is told {said}"


def offsets(client):
    with Group(client, "transaction-offsets") as group:
        member = group.join(commits="told")
        group.all_read()
        output = f"{group.topic}-output"
        client.create_topic(output, 1)
        producer = client.transactional(group.id)
        for fate, offset in [("abort", 2), ("commit", 3)]:
            producer.begin()
            producer.send(output, [Read(0, None, "key", fate)])
            everywhere = dict.fromkeys(range(len(group.written)), offset)
            producer.send_offsets(everywhere, group.id, group.topic, member)
            getattr(producer, fate)()
            if fate == "abort":
                none = [-1 for _ in group.written]
                expect(client.committed(group.id, group.topic), none, "offsets of the aborted one")
        group.committed_everywhere(3)
        producer.close()
    return "none of the aborted one, 3 of the committed one in each partition"


def consume_transform_produce(client):
    with Group(client, "to-transform") as group:
        group.write()
        total = sum(map(len, group.written))
        with Ledger(client, "transformed", len(group.written)) as ledger:
            first = Processor(group, ledger)
            first.work(20)
            first.settle()
            first.leave_one()
            second = Processor(group, ledger)
            second.settle()  # what was open is aborted
            second.work(total - first.done)
            seen = second.settle()
            for partition, rows in enumerate(group.written):
                results = [row._replace(offset=None) for row in read_in(ledger.committed, partition)]
                results = [row for row in results if row.key.startswith("key")]
                expect(results, [transformed(row) for row in rows], "results")
            group.committed_everywhere(10)
            second.close()
    first.close()
    return f"{first.done} of {total} by the first; {seen}"
