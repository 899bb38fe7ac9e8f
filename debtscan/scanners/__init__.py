"""The scanners: one topic, one module, the tables it owns and how they are filled. They measure and do not judge.

A plain module is the plug-in; dropping a file in this folder is all it takes. It offers

`TABLES: Mapping[str, type[Struct]]`
    the fact tables it owns by contract name: a row class each, every field `Annotated[type, "what, unit, NULL"]`;
`KINDS: frozenset[str]`, `FOUND: type`, `scan_file(source) -> FOUND | None`
    optional: which kinds of file it looks into (`debtscan.repository.kinds`), and what it finds in one of them. It
    receives a `PythonSource` (kinds python and notebook) or a `TextSource`, sees content and kind and never a path,
    and returns plain msgspec data, because what it returns is cached by blob;
`scan_commits(past) -> CommitReader[FOUND]`
    optional: takes each commit of the one pass over the history, newest first, and answers what it found in them;
`scan_repository(...) -> Mapping[str, Sequence[Struct]]`
    fills its tables. Its parameters name what it reads: `found` (list of `(File, FOUND)` in path order), `history`
    (its own `scan_commits` result, None without history), `listing` (every `File`), `repository` (`Opened`), `stated`
    (`Stated`), `as_of` (unix seconds), `advisories` (`Advisories`; without them the scanner does not run), or the name of a table of another scanner (a list of that table's rows; with a
    default, a table it can do without). Everything that depends on a path or on a neighbour is done here. It may
    return rows of `gaps` (`GapRow`) besides its own tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Protocol, TypeVar

from msgspec import Struct

from debtscan.repository import Commit

Found_co = TypeVar("Found_co", covariant=True)

NO_ADVISORIES = "no advisory source given"
"""Why tables are missing that need one: nobody asked, which is no failure."""


class Opened(Struct, frozen=True):
    """What scanners may know of the opened target as a whole."""

    name: str
    has_history: bool
    partial: bool


class Past(Struct, frozen=True):
    """What a reader of commits may know beside them."""

    as_of: int
    """Unix seconds."""
    paths: frozenset[str]
    """The files that exist at the audited revision."""
    sizes: Callable[[Sequence[str]], list[int | None]]
    """Asks git for the size in bytes of each of these blobs; None where its object was not cloned."""


class CommitReader(Protocol[Found_co]):
    """One scanner's share of the pass over the history, in memory that does not grow with it."""

    def take(self, commit: Commit) -> None: ...

    def found(self) -> Found_co: ...


class Stated(Struct, frozen=True):
    """What the auditor or the repository's own settings say of components, by root; it wins over what is seen."""

    kinds: Mapping[str, str]
    owners: Mapping[str, str]


class GapRow(Struct, frozen=True, gc=False):
    """Something one scanner did not understand; `scan` adds which scanner and which repository."""

    path: str | None
    why: str
    line: int | None = None
    cell: int | None = None


class GapFact(Struct, frozen=True, gc=False):
    """Something that was not read or not understood; filled from what every scanner and the opening of the target say."""

    path: Annotated[str | None, "file; NULL for the repository as a whole"]
    line: Annotated[int | None, "line, from 1; NULL for the file as a whole"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    scanner: Annotated[str, "who did not understand it"]
    why: Annotated[str, "the reason, in words"]
