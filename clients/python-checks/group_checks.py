"""The checks of consumer groups (clients/checks.json), beside each other: they mostly wait."""

import threading

from group import Group
from members import until
from report import check, expect, lacks


def start_group_checks(client, missing, own):
    """
    Gives a function that waits until they are done. `missing` has the reasons of those that the
    client lacks; `own` has further ones, each given a group.
    """
    for name, why in missing.items():
        lacks(name, why)
    in_groups = {
        "group-static": static_member,
        "group-cooperative": cooperative,
        "group-848": next_generation,
        **own,
    }
    works = [lambda: killed(client), lambda: commits(client)]
    for name, body in in_groups.items():
        if name not in missing:
            works.append(lambda name=name, body=body: check(name, in_group, client, name, body))
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    return lambda: [thread.join() for thread in threads]


def in_group(client, name, body):
    """In a group of its own, whose members are closed in any case."""
    with Group(client, name) as group:
        return body(group)


def killed(client):
    group = Group(client, "members")

    def two():
        group.create()
        shares = group.shared_by(group.join(), group.join())
        group.read_by_owners()
        return shares

    def three():
        group.join_by_process(session_timeout_ms=6000)
        shares = group.shared_by(*group.members)
        group.round()
        return shares

    def two_again():
        first, second, third = group.members
        third.close()
        group.write()
        shares = group.shared_by(first, second)
        return f"{shares}; {group.all_read()} records"

    check("group-two-members", two)
    check("group-third-member", three)
    check("group-killed-member", two_again)
    group.close()


def commits(client):
    group = Group(client, "commits")
    by_hand = group.another("-by-hand")

    def auto_commit():
        group.create()
        group.write()
        group.join(commits="auto")
        count = group.all_read()
        group.committed_everywhere(10)
        group.close()
        return f"{count} records"

    def manual_commit():
        member = by_hand.join(commits="told")
        by_hand.all_read()
        member.client.commit([5 for _ in by_hand.written])
        by_hand.close()
        by_hand.committed_everywhere(5)
        return "offset 5 of each partition"

    def resume():
        again = by_hand.another()
        member = again.join(commits="told")
        rest = [row for rows in again.written for row in rows[5:]]
        until(lambda: len(member.reads) >= len(rest), "the rest is read", [member])
        expect(sorted(member.reads), rest, "what was read")
        again.close()
        return f"{len(rest)} records from offset 5 on"

    check("group-auto-commit", auto_commit)
    check("group-manual-commit", manual_commit)
    check("group-resume", resume)


def static_member(group):
    first = group.join(instance_id="first")
    second = group.join(instance_id="second")
    group.shared_by(first, second)
    group.round()
    before, history = first.partitions, list(second.history)
    first.close()
    again = group.join(instance_id="first")
    shares = group.shared_by(again, second)
    expect(again.partitions, before, "its partitions")
    expect(second.history, history, "what the other had")
    group.round()
    return shares


def cooperative(group):
    first = group.join(kind="cooperative")
    group.shared_by(first)
    since = len(first.history) - 1
    second = group.join(kind="cooperative")
    shares = group.shared_by(first, second)
    kept = set(first.partitions)
    for had in first.history[since:]:
        expect(kept - set(had), set(), f"what it lost in between, when it had {had}")
    group.round()
    return f"{shares}; the first kept {kept}"


def next_generation(group):
    first = group.join(kind="848")
    group.shared_by(first)
    # Later than the first, it sends its heartbeat, every five seconds, when the first has given way.
    second = group.join(kind="848")
    shares = group.shared_by(first, second)
    group.read_by_owners()
    group.committed_everywhere(15)
    expect(group.client.type_of(group.id), "consumer", "its type")
    return f"{shares}; of type consumer"
