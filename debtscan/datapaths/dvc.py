"""What DVC writes down: outputs and imports in `.dvc` files, `dvc.yaml` and `dvc.lock`, and remotes in `.dvc/config`.

Source: DVC's documentation, "Project structure" (the files) and "Remote storage" (the kinds of addresses).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from debtscan.source.marked_ini import Entry, read_ini
from debtscan.source.marked_yaml import Node, read_yaml

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_REMOTE = re.compile(r"""['"]?remote ["']?([^"']+)["']*""")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_DIGESTS = ("md5", "etag", "checksum", "version_id", "files", "cloud")
"""What tells the content of an output: one hash, or with cloud versioning the version of each file."""
_MAX_HOPS = 8


class Output(Struct, frozen=True, gc=False, array_like=True):
    """A file or folder that DVC keeps outside git; the path is relative to the folder of the file that says so."""

    path: str
    line: int
    size_bytes: int | None = None
    digested: bool = False
    """Its content is told by a hash or a version."""
    by_stage: bool = False
    """Made by a stage of a pipeline, not added or imported."""
    cached: bool = True
    """False: DVC leaves its content to git."""
    imported: bool = False
    """Comes from another repository at a locked commit, or from an address, so that no remote need hold it."""
    remote: str | None = None
    """The remote it names, where it is not the default one."""


class Remotes(Struct, frozen=True, gc=False, array_like=True):
    """The remotes of one `.dvc/config`."""

    urls: dict[str, str]
    default: str | None = None

    def reach(self, name: str | None) -> str:
        """Who reaches a remote (the default one for None): `all`, `local` for a path of one machine, or `none`."""
        name = name or self.default
        if name is not None:
            return self._reach(name)
        reaches = {self._reach(known) for known in self.urls}
        return next((reach for reach in ("all", "local") if reach in reaches), "none")

    def _reach(self, name: str) -> str:
        url = self.urls.get(name)
        for _ in range(_MAX_HOPS):
            if url is None or not url.startswith("remote://"):
                break
            url = self.urls.get(url.removeprefix("remote://").partition("/")[0])
        if not url:
            return "none"
        scheme = _SCHEME.match(url)
        shared = scheme is not None and scheme[1].lower() not in {"file", "remote"}
        return "all" if shared or url.startswith("\\\\") else "local"


def outputs_in(text: str) -> list[Output]:
    """Outputs of a `.dvc` file, and of the stages of `dvc.yaml` and `dvc.lock` (and the stage files of DVC 0.x).

    Raises ValueError for text that is no YAML.
    """
    return [output for document in read_yaml(text) for output in _outputs(document)]


def remotes_in(text: str) -> Remotes | None:
    """The remotes of an INI file; None when it names none. Whether it is DVC's, its place tells.

    DVC indents its settings, which `configparser` would read as continued values.
    """
    if "remote" not in text:
        return None
    urls, default = {}, None
    for section, entries in read_ini("\n".join(line.strip() for line in text.splitlines())).items():
        if (match := _REMOTE.fullmatch(section)) and "url" in entries:
            urls[match[1].strip()] = _unquoted(entries["url"])
        elif section.strip("'\"") == "core" and "remote" in entries:
            default = _unquoted(entries["remote"]) or None
    return Remotes(urls, default) if urls or default else None


def _unquoted(entry: Entry) -> str:
    return entry.text.strip().strip("\"'")


def _outputs(document: Node) -> Iterator[Output]:
    stages = document.get("stages") or _first_schema(document)
    if stages is None:
        yield from _outputs_of(document, by_stage=document.get("cmd") is not None)
        return
    for _, stage in stages.pairs():
        yield from _outputs_of(stage.get("do") or stage, by_stage=True)


def _first_schema(document: Node) -> Node | None:
    """The stages of a `dvc.lock` of DVC 1, which are the document itself."""
    values = [value for _, value in document.pairs()]
    return document if values and all(value.get("cmd") is not None for value in values) else None


def _outputs_of(node: Node, *, by_stage: bool) -> Iterator[Output]:
    wdir = node.get("wdir")
    folder = f"{wdir.text}/" if wdir and wdir.text and wdir.text != "." else ""
    imported = not by_stage and any(_is_import(dependency) for dependency in _listed(node, "deps"))
    for key in ("outs", "metrics", "plots"):
        for item in _listed(node, key):
            named, said = item.get("path"), item
            path = item.text or (named.text if named else None)
            if path is None:
                path, said = next(iter(item.pairs()), (None, item))
            if path:
                yield _output(f"{folder}{path}", item.line, said, by_stage=by_stage, imported=imported)


def _listed(node: Node, key: str) -> list[Node]:
    listed = node.get(key)
    return listed.children() if listed else []


def _output(path: str, line: int, said: Node, *, by_stage: bool, imported: bool) -> Output:
    texts: Mapping[str, str | None] = {key: value.text for key, value in said.pairs()}
    size = texts.get("size") or ""
    return Output(
        _VARIABLE.sub("*", path),
        line,
        int(size) if size.isascii() and size.isdecimal() and len(size) <= 18 else None,
        any(_told(said.get(key)) for key in _DIGESTS),
        by_stage,
        (texts.get("cache") or "true").lower() != "false",
        imported,
        texts.get("remote"),
    )


def _told(node: Node | None) -> bool:
    return node is not None and not node.is_null and node.text != ""


def _is_import(dependency: Node) -> bool:
    """`dvc import` locks a commit of another repository; `dvc import-url` names an address."""
    if _told(dependency.get("repo", "rev_lock")):
        return True
    path = dependency.get("path")
    return bool(path and path.text and _SCHEME.match(path.text))
