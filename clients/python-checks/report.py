"""How a check is reported: one line of JSON for each."""

import json
import os
import threading
import time
from contextlib import contextmanager

BROKERS = os.environ["BOOTSTRAP_SERVERS"]
PREFIX = os.environ["TOPIC_PREFIX"]  # of each topic and client id
WAIT_SECONDS = 10

_failed = []
_one_at_a_time = threading.Lock()


@contextmanager
def reported(name):
    """Gives a dict in which the block leaves what it has seen, as `detail`."""
    started = time.monotonic()
    said = {}
    try:
        yield said
        outcome = {"ok": True, **said}
    except Exception as error:  # whatever it is, the next check runs
        _failed.append(name)
        outcome = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    ms = round((time.monotonic() - started) * 1000)
    _say({"check": name, "ms": ms, **outcome})


def lacks(name, why):
    """What the client does not have."""
    _say({"lacks": name, "why": why})


def _say(line):
    with _one_at_a_time:
        print(json.dumps(line), flush=True)


def check(name, body, *args, **kwargs):
    with reported(name) as said:
        said["detail"] = body(*args, **kwargs)


def status():
    return 1 if _failed else 0


def expect(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r:.300} instead of {expected!r:.300}")


def eventually(what, attempt):
    """Each broker learns of a change on its own: asks until it is so, and gives the answer."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            if answer := attempt():
                return answer
        except Exception:
            if time.monotonic() > deadline:
                raise
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)
