"""Members of a group: what each one is given and reads; in this process, or in one of its own."""

import json
import subprocess
import sys
import threading
import traceback
from concurrent.futures import Future
from queue import SimpleQueue
from typing import NamedTuple

PATIENCE_SECONDS = 60

_news = threading.Condition()


class Read(NamedTuple):
    partition: int
    offset: int
    key: str
    value: str


class Member:
    """Its client's part calls `assigned` and `read`; `client` is what that made of it."""

    def __init__(self):
        self.history: list[list[int]] = [[]]  # each set of partitions that it ever had
        self.reads: list[Read] = []
        self.client = None

    @property
    def partitions(self):
        return self.history[-1]

    def assigned(self, partitions):
        """It now has these, and no others."""
        with _news:
            self.history.append(sorted(partitions))
            _news.notify_all()

    def read(self, rows):
        with _news:
            self.reads.extend(rows)
            _news.notify_all()

    def close(self):
        client, self.client = self.client, None
        if client is not None:
            client.close()
            self.assigned([])


def until(holds, what, members):
    """Until it holds, which only what members are given and read can change."""
    with _news:
        if not _news.wait_for(holds, PATIENCE_SECONDS):
            seen = "; ".join(f"{each.history}, {len(each.reads)} read" for each in members)
            raise TimeoutError(f"it never came to this: {what}; but {seen}")


class MemberProcess(Member):
    """Runs `file` in a process of its own, so that it can be killed, and then cannot leave."""

    def __init__(self, file, how):
        super().__init__()
        command = [sys.executable, file, json.dumps(how)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, **pipes, text=True)
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self):
        for line in self._process.stdout:
            said = json.loads(line)
            if "assigned" in said:
                self.assigned(said["assigned"])
            else:
                self.read([Read(*row) for row in said["read"]])

    def close(self):
        """Kills it."""
        self._process.kill()
        self._process.wait()
        self._listening.join()
        self.assigned([])


class _Teller:
    """The other end of a MemberProcess."""

    def assigned(self, partitions):
        print(json.dumps({"assigned": partitions}), flush=True)

    def read(self, rows):
        print(json.dumps({"read": rows}), flush=True)


def run_member(join):
    """Joins as it is told, until whoever told it is gone."""
    handle = join(_Teller(), json.loads(sys.argv[1]))
    sys.stdin.read()
    handle.close()


class InThread:
    """A consumer in a thread that alone touches it: `work` polls it while `is_open`."""

    def __init__(self, work):
        self.is_open = True
        self._asked: SimpleQueue = SimpleQueue()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work):
        try:
            work(self)
        except Exception:
            traceback.print_exc()

    def serve(self, consumer):
        """Does what others have asked for; to be called between two polls."""
        while not self._asked.empty():
            do, done = self._asked.get()
            try:
                done.set_result(do(consumer))
            except Exception as error:
                done.set_exception(error)

    def ask(self, do):
        done: Future = Future()
        self._asked.put((do, done))
        return done.result(PATIENCE_SECONDS)

    def close(self):
        self.is_open = False
        self._thread.join(PATIENCE_SECONDS)
