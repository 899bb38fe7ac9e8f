"""git plumbing over a scratch repository that borrows the target's objects.

git obeys the configuration, hooks and filters of the repository it runs in, and there is no list of settings that makes
a hostile one harmless: filters have arbitrary names, and reading a missing object can start a fetch. So git never runs
in the target. It runs in an empty repository of our own, made here, whose `objects/info/alternates` names the
target's objects; the only things taken from the target are objects (checked by their hash), the names of its refs, its
list of shallow commits and a copy of its index.
"""

from __future__ import annotations

import os
import select
import shutil
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING, BinaryIO

from debtscan.errors import UserError
from debtscan.repository.blobs import Algorithm, GitReader

if TYPE_CHECKING:
    from git.cmd import Git

MAX_RECORD_BYTES = 1_000_000
"""Longest name or subject that is taken from git; longer ones are hand-made."""
IDLE_SECONDS = 120
"""git is stopped when it says nothing for so long: a pipe in place of a pack would keep it waiting for ever."""
_CHUNK_BYTES = 1 << 16


class GitError(Exception):
    """git failed; the text is the last thing it said."""


def environment(directory: Path, work_tree: Path | None = None) -> dict[str, str]:
    """Everything that decides what git obeys, each set here so that nothing is inherited from the caller's shell."""
    return {
        "GIT_DIR": str(directory),
        "GIT_COMMON_DIR": str(directory),
        "GIT_OBJECT_DIRECTORY": str(directory / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_WORK_TREE": str(work_tree or directory / "empty"),
        "GIT_INDEX_FILE": str(directory / "index"),
        "GIT_SHALLOW_FILE": str(directory / "shallow"),
        "GIT_GRAFT_FILE": str(directory / "no-grafts"),
        "GIT_NAMESPACE": "",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_PARAMETERS": "",
        "GIT_CONFIG_COUNT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_GLOB_PATHSPECS": "0",
        "GIT_NOGLOB_PATHSPECS": "0",
        "GIT_ICASE_PATHSPECS": "0",
        "GIT_PAGER": "cat",
        "HOME": str(directory),
        "XDG_CONFIG_HOME": str(directory),
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }


def run(
    arguments: Sequence[str],
    settings: Mapping[str, str],
    directory: Path,
    *,
    stdin: BinaryIO | None = None,
    patient: bool = False,
) -> Generator[bytes, None, None]:
    """What `git ARGUMENTS` writes, cut at each NUL, as it comes. Raises `GitError` at the end when git failed.

    Closing the iterator stops git, so a caller that has seen enough leaves nothing running. Unless `patient`, git is
    stopped when it is silent for too long.
    """
    git = _command()(str(directory))
    guarded = git.execute(["git", *arguments], as_process=True, env=settings, istream=stdin)  # stops git when it goes
    process = guarded.proc
    assert process is not None
    assert process.stdout is not None
    assert process.stderr is not None
    said = _LastWords(process.stderr)
    try:
        yield from _split(process.stdout, None if patient else IDLE_SECONDS)
        status = process.wait()
        if status != 0:
            raise GitError(said.text() or f"git {arguments[0]} failed with status {status}")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        said.close()


def _command() -> type[Git]:
    """GitPython's command class; a clear error where there is no git."""
    try:
        from git.cmd import Git  # noqa: PLC0415 - 160 ms, and it looks for the executable
    except ImportError as error:
        raise UserError("git is not installed or not on the PATH: install git 2.30 or newer") from error
    return Git


class Plumbing:
    """A scratch repository without files of its own, and git run in it."""

    def __init__(self, directory: Path, *, objects: Path | None = None, algorithm: Algorithm = "sha1") -> None:
        """Make the repository in `directory`, which must be empty; `objects` is the target's object folder."""
        self.directory = directory
        self.algorithm = algorithm
        for folder in ("objects/info", "refs", "empty"):
            (directory / folder).mkdir(parents=True)
        (directory / "config").write_text(_config(algorithm), encoding="utf-8")
        self.point("0" * (40 if algorithm == "sha1" else 64))
        if objects is not None:
            (directory / "objects/info/alternates").write_bytes(b'"%s"\n' % _c_quoted(os.fsencode(objects)))

    def point(self, revision: str) -> None:
        """Make `HEAD` this commit: git reads `.mailmap` from there."""
        (self.directory / "HEAD").write_text(f"{revision}\n", encoding="ascii")

    def reader(self) -> GitReader:
        """A description with which any process can read blobs from here."""
        return GitReader(
            git=shutil.which("git") or "git",
            environment=environment(self.directory),
            directory=str(self.directory),
            algorithm=self.algorithm,
        )

    def records(
        self, *arguments: str, work_tree: Path | None = None, stdin: BinaryIO | None = None
    ) -> Generator[bytes, None, None]:
        """What git writes, cut at each NUL, as it comes; see `run`."""
        return run(arguments, environment(self.directory, work_tree), self.directory, stdin=stdin)

    def line(self, *arguments: str) -> str | None:
        """The first line that git writes; None when it failed or wrote nothing."""
        try:
            text = b"".join(self.records(*arguments))
        except GitError:
            return None
        return text.decode("utf-8", "replace").split("\n", 1)[0] or None


def _split(stream: IO[bytes], idle_seconds: float | None) -> Iterator[bytes]:
    descriptor, pending = stream.fileno(), b""
    while True:
        if not select.select([descriptor], [], [], idle_seconds)[0]:
            raise GitError(f"git did not answer for {idle_seconds} seconds")
        chunk = os.read(descriptor, _CHUNK_BYTES)
        if not chunk:
            break
        *whole, pending = (pending + chunk).split(b"\0")
        yield from whole
        if len(pending) > MAX_RECORD_BYTES:
            raise GitError(f"git wrote a name of more than {MAX_RECORD_BYTES:,} bytes")
    if pending:
        yield pending


class _LastWords:
    """Empties standard error in the background (a full pipe would stop git) and keeps the last lines."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: deque[bytes] = deque(maxlen=20)
        self._thread = Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while line := self._stream.readline(10_000):
            self._lines.append(line)

    def text(self) -> str:
        """The last line that is not advice."""
        self._thread.join(timeout=5)
        lines = [line.decode("utf-8", "replace").strip() for line in self._lines]
        said = [line for line in lines if line and not line.startswith(("hint:", "warning:"))]
        return said[-1] if said else ""

    def close(self) -> None:
        self._thread.join(timeout=5)
        self._stream.close()


def _config(algorithm: Algorithm) -> str:
    """Our scratch repository's whole configuration.

    A commit-graph file is a cache that git believes without checking, so the target's is not used.
    """
    version, extension = (0, "") if algorithm == "sha1" else (1, "[extensions]\n\tobjectFormat = sha256\n")
    return (
        f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = false\n\tcommitGraph = false\n"
        f"\thooksPath = {os.devnull}\n\tfsmonitor = false\n\tquotePath = false\n"
        f"[mailmap]\n\tblob = HEAD:.mailmap\n{extension}"
    )


def _c_quoted(path: bytes) -> bytes:
    """The inside of a quoted line of `alternates`: any byte but the plain ones as an octal escape."""
    return b"".join(b"%c" % byte if byte > 31 and byte not in b'"\\\x7f' else b"\\%03o" % byte for byte in path)
