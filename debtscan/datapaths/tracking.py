"""How data are tracked besides git itself: Git LFS pointers and attributes, outputs and imports of DVC, git-annex."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from debtscan.source.binary import BinarySource
from debtscan.source.marked_yaml import Node, read_yaml
from debtscan.source.text import TextSource

_POINTER = re.compile(r"version https://(?:git-lfs\.github\.com/spec|hawser\.github\.com/spec)/v\d")
_POINTER_SIZE = re.compile(r"^size (\d{1,18})$", re.MULTILINE)
_VARIABLE = re.compile(r"\$\{[^}]*\}")


class Output(Struct, frozen=True, gc=False, array_like=True):
    """A file or folder that DVC keeps outside git; the path is relative to the folder of the file that says so."""

    path: str
    line: int
    size_bytes: int | None = None
    digest: str | None = None
    by_stage: bool = False
    """Made by a stage of a pipeline, not added or imported."""


class FoundTracking(Struct, frozen=True, gc=False, array_like=True):
    pointer: bool = False
    pointer_bytes: int | None = None
    """Size of the object an LFS pointer names."""
    lfs_patterns: list[tuple[str, bool]] = []
    """Patterns of a .gitattributes file in order, and whether they set or unset LFS."""
    outputs: list[Output] = []
    problem: str | None = None
    """Why the file was not understood."""


def tracking_in(source: TextSource | BinarySource) -> FoundTracking | None:
    """What one file says of tracking. Raises ValueError for a DVC file that is no YAML."""
    if isinstance(source, TextSource) and source.kind == "gitattributes":
        patterns = list(_attributes(source.lines))
        return FoundTracking(lfs_patterns=patterns) if patterns else None
    if source.kind == "dvc":
        outputs = [output for document in read_yaml(source.text) for output in _outputs(document)]
        return FoundTracking(outputs=outputs) if outputs else None
    if not is_pointer(source.text):
        return None
    size = _POINTER_SIZE.search(source.text)
    return FoundTracking(pointer=True, pointer_bytes=int(size[1]) if size else None)


def is_pointer(text: str) -> bool:
    """Whether this is what Git LFS leaves in the place of a file."""
    return bool(_POINTER.match(text))


def _attributes(lines: list[str]) -> Iterator[tuple[str, bool]]:
    for line in lines:
        pattern, *attributes = line.split() or [""]
        if pattern.startswith(("#", "[")) or not pattern:
            continue
        if "filter=lfs" in attributes:
            yield pattern, True
        elif any(attribute in {"-filter", "!filter"} or attribute.startswith("filter=") for attribute in attributes):
            yield pattern, False


def _outputs(document: Node) -> Iterator[Output]:
    """Outputs in a `.dvc` file, and of the stages of `dvc.yaml` and `dvc.lock` (and the stage files of DVC 0.x)."""
    stages = document.get("stages")
    if stages is None:
        yield from _outputs_of(document, by_stage=document.get("cmd") is not None)
        return
    for _, stage in stages.pairs():
        yield from _outputs_of(stage.get("do") or stage, by_stage=True)


def _outputs_of(node: Node, *, by_stage: bool) -> Iterator[Output]:
    wdir = node.get("wdir")
    folder = f"{wdir.text}/" if wdir and wdir.text and wdir.text != "." else ""
    for key in ("outs", "metrics", "plots"):
        for item in (node.get(key) or node).children():
            path = item.text or next((name for name, _ in item.pairs() if item.get("path") is None), None)
            named = item.get("path")
            path = named.text if named else path
            if path:
                size, digest = item.get("size"), item.get("md5") or item.get("etag") or item.get("checksum")
                yield Output(
                    _VARIABLE.sub("*", f"{folder}{path}"),
                    item.line,
                    int(size.text) if size and size.text and size.text.isdecimal() else None,
                    digest.text if digest else None,
                    by_stage,
                )
