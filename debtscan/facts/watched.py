"""A child process that answers documents with documents and is killed when it takes too long."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Timer

from debtscan.facts.protocol import receive, send

# The working directory may be a repository under audit, so it must not be on the path that modules are found on (-P);
# where debtscan lies is appended last. numpy's threads would reserve address space, which is limited in the child.
_START = """\
import os, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.append(sys.argv[1])
from debtscan.facts.child import serve
serve(int(sys.argv[2]))
"""


class ChildGoneError(Exception):
    """The child died; what it was asked is lost."""


class ChildTimeoutError(ChildGoneError):
    """The child was killed because its time was up."""


class WatchedChild:
    """One process and its two pipes. Starting it does not wait for it; not for use from several threads."""

    def __init__(self, memory_bytes: int) -> None:
        package_root = str(Path(__file__).parents[2])
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter and module
            [sys.executable, "-P", "-c", _START, package_root, str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipe_out, self._pipe_in = self._process.stdin, self._process.stdout

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, document: bytes, seconds: float) -> bytes:
        """Return the answer; raises ChildGoneError or ChildTimeoutError, after which the child is dead."""
        late = Event()
        timer = Timer(seconds, self._stop_late, [late])
        timer.daemon = True
        timer.start()
        try:
            answer = self._exchange(document)
        finally:
            timer.cancel()
        if answer is None or late.is_set():
            self.kill()
            raise (ChildTimeoutError if late.is_set() else ChildGoneError)
        return answer

    def kill(self) -> None:
        self._process.kill()
        with suppress(BrokenPipeError):  # what was still to be written has nobody to read it
            self._pipe_out.close()
        self._pipe_in.close()
        self._process.wait()

    def _exchange(self, document: bytes) -> bytes | None:
        try:
            send(self._pipe_out, document)
            return receive(self._pipe_in)
        except (BrokenPipeError, ValueError):  # ValueError: it was killed before, and its pipes are closed
            return None

    def _stop_late(self, late: Event) -> None:
        late.set()
        self._process.kill()
