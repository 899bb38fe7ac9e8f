"""Where a text with marks points, once it is known which file holds it.

A relative path starts in a working directory that no file tells, unless it was built from `__file__`: then it is exact.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from debtscan.datapaths.addresses import is_address
from debtscan.datapaths.names import place_of
from debtscan.datapaths.references import FoundPaths
from debtscan.source.modules import Modules
from debtscan.source.texts import ASK_OPENS, HERE, HOLE, NAME, NAME_CLOSES, NAME_OPENS

Kind: TypeAlias = Literal["local_absolute", "local_relative", "remote", "dataset_api", "parameter"]

_MAX_HOPS = 8
"""Constants made of other modules' constants that are followed."""
_DRIVE = re.compile(r"^[A-Za-z]:[/\\]")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]{1,400}")


class Location(NamedTuple):
    """A path or address; of a parameter the known end, behind a `*`.

    `exact` when it is relative to the repository root, not to some working directory.
    """

    kind: Kind
    path: str
    exact: bool = False


NOWHERE = Location("parameter", "")


class Locator:
    """Fills in constants of other modules, and tells paths from addresses and from what is not known."""

    def __init__(self, modules: Modules, found: Mapping[str, FoundPaths]) -> None:
        self._modules = modules
        self._found = found

    def locate(self, text: str, holder: str) -> Location:
        """Where a text in the file `holder` points; unknown parts are `*`."""
        filled, base = self._filled(text, holder, _MAX_HOPS)
        if (
            not _PRINTABLE.fullmatch(filled)
            or ASK_OPENS in filled
            or not any(character.isalpha() for character in filled)
        ):
            return NOWHERE
        path = filled.replace(HOLE, "*")
        if filled.startswith(HOLE):
            return Location("parameter", posixpath.normpath(path.replace("\\", "/")))
        if path.startswith("file://"):
            path = path.removeprefix("file://")
        elif is_address(path):
            return Location("remote", path)
        if _DRIVE.match(path):
            return Location("local_absolute", path)
        path = path.replace("\\", "/")
        if base is None and path.startswith(("/", "~")):
            return Location("local_absolute", posixpath.normpath(path))
        joined = posixpath.normpath(f"{base}/{path.lstrip('/')}" if base else path.lstrip("/") if base == "" else path)
        return Location("local_relative", joined, base is not None)

    def _filled(self, text: str, holder: str, hops: int) -> tuple[str, str | None]:
        """The text without names, and the folder it starts in where that is known."""
        base = None
        if text.startswith(HERE):
            base, text = posixpath.dirname(holder), text[len(HERE) :]
        elif text.startswith(NAME_OPENS):
            name, _, rest = text[1:].partition(NAME_CLOSES)
            value, base = self._constant(name, holder, hops)
            text = value + rest
        return NAME.sub(lambda match: self._inner(match[1], holder, hops), text), base

    def _inner(self, name: str, holder: str, hops: int) -> str:
        value, base = self._constant(name, holder, hops)
        return value if base is None else HOLE

    def _constant(self, name: str, holder: str, hops: int) -> tuple[str, str | None]:
        found = place_of(self._modules, self._found, holder, name) if hops else None
        if found is None:
            return HOLE, None
        module, rest = found
        if rest == "__file__":
            return f"/{posixpath.basename(module)}", posixpath.dirname(module)
        if (known := self._found.get(module)) is None:
            return HOLE, None
        text = known.constant(rest)
        return self._filled(text, module, hops - 1) if text is not None else (HOLE, None)
