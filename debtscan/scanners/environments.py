"""Environments: which Python, which base image, which CUDA is asked for, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct, structs

from debtscan.lexicon.python_support import supported_until
from debtscan.manifests import origins
from debtscan.manifests.dockerfile import images, stage_names
from debtscan.manifests.python_versions import READERS, Source, in_script, in_setup_py
from debtscan.repository import File
from debtscan.scanners import GapRow
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.scanners.dependencies.rows import DependencyRow
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource

Kind: TypeAlias = Literal["python", "base_image", "cuda", "notebook_python", "index", "channel"]
Pin: TypeAlias = Literal["none", "latest", "float", "exact", "digest", "range"]


class EnvironmentRow(Struct, frozen=True, gc=False):
    """One statement about the ground the code runs on."""

    path: Annotated[str, "file it stands in"]
    line: Annotated[int | None, "line, from 1; NULL for what a notebook's metadata say"]
    cell: Annotated[int | None, "always NULL: no statement stands in a cell"]
    kind: Annotated[
        Kind,
        "what it speaks of; notebook_python is a trace of the last run, index and channel are where packages come from",
    ]
    value: Annotated[str, "version, range or image as written, defaults of build arguments filled in"]
    pin: Annotated[Pin, "how far it is fixed: none and latest say nothing, float moves within a version"]
    source: Annotated[Source, "what sort of file says so"]
    component: Annotated[str, "root of the component the file belongs to"]
    supported_until: Annotated[
        str | None, "of one minor version of Python the ISO date when its support ends; NULL for ranges and all else"
    ] = None
    supported: Annotated[
        bool | None, "whether that day is not over on the day of the audit; NULL when it is not known"
    ] = None


TABLES = {"environments": EnvironmentRow}
KINDS = frozenset(READERS) | frozenset(origins.READERS) | {"python", "notebook"}


class FoundEnvironment(Struct, frozen=True, gc=False, array_like=True):
    kind: Kind
    value: str
    line: int | None
    source: Source
    resolved: bool = True
    """False for an image that a build argument decides."""
    stage: bool = False
    """The value is the name of a stage, and no image."""


FOUND = list[FoundEnvironment]


def scan_file(source: PythonSource | TextSource) -> list[FoundEnvironment] | None:
    if isinstance(source, PythonSource):
        return list(_in_python(source)) or None
    try:
        asked = [*_versions(source), *_origins(source)]
    except ValueError:
        # the dependencies scanner says that the manifest cannot be read
        return None
    if source.kind == "dockerfile":
        asked += [
            FoundEnvironment("base_image", mask(image.reference), image.line, "image", image.resolved)
            for image in images(source.text)
        ]
        stages = stage_names(source.text)
        asked += [FoundEnvironment("base_image", name, None, "image", stage=True) for name in stages]
    return asked or None


def _versions(source: TextSource) -> Iterator[FoundEnvironment]:
    if reader := READERS.get(source.kind):
        yield from (FoundEnvironment("python", item.value, item.line, item.source) for item in reader(source.text))


_OF_ORIGIN: Mapping[str, Source] = {"conda": "conda", "yaml": "conda", "dockerfile": "image"}


def _origins(source: TextSource) -> Iterator[FoundEnvironment]:
    told: Source = _OF_ORIGIN.get(source.kind, "lock tool")
    if reader := origins.READERS.get(source.kind):
        yield from (FoundEnvironment(item.kind, item.value, item.line, told) for item in reader(source.text))


def _in_python(source: PythonSource) -> Iterator[FoundEnvironment]:
    if source.notebook is None:
        asked = chain(in_setup_py(source), in_script(source))
        yield from (FoundEnvironment("python", item.value, item.line, item.source) for item in asked)
    elif source.notebook.language_version and source.notebook.language in {None, "python"}:
        yield FoundEnvironment("notebook_python", source.notebook.language_version, None, "notebook")


_FULL_VERSION = re.compile(r"\d+\.\d+\.\d+$")
_EXACT_TAG = re.compile(
    r"\d+\.\d+\.\d+|(?<!\d)20\d{2}[-.]?\d{2}[-.]?\d{2}(?!\d)|(?:^|[-_.])(?=[0-9a-f]*\d)[0-9a-f]{7,40}$"
)
_MONTHLY_TAG = re.compile(r"\d{2}\.\d{2}(?:[-.]|$)")
_MONTHLY_REGISTRY = "nvcr.io/"
"""Releases there are tagged by month (`23.01-py3`) and not moved."""
_CUDA_IMAGE = re.compile(r"(?:cuda:?-?|-cu)(?P<version>\d{1,2}(?:\.\d{1,2}){0,2})")
_CUDA_WHEEL = re.compile(r"\+cu(?P<major>\d{2})(?P<minor>\d)")
_CUDA_INDEX = re.compile(r"/whl/(?:[a-z]+/)?cu(?P<major>\d{2})(?P<minor>\d)\b")
"""How PyTorch names its indexes of wheels, wherever they are mirrored."""
_CUDA_PACKAGES = frozenset({"cudatoolkit", "cuda-toolkit", "pytorch-cuda", "cuda-version"})


def scan_repository(
    found: Sequence[tuple[File, list[FoundEnvironment]]],
    components: Sequence[ComponentRow],
    dependencies: Sequence[DependencyRow],
    as_of: int,
) -> Mapping[str, Sequence[Struct]]:
    roots = frozenset(component.root for component in components)
    told = list(_told(found))
    rows = [row for file, item in told if item.resolved for row in _rows(file.path, item, nearest(file.path, roots))]
    rows += [row for dependency in dependencies for row in _of_dependency(dependency)]
    today = datetime.fromtimestamp(as_of, UTC).date().isoformat()
    rows = [_dated(row, today) for row in rows]
    rows.sort(key=lambda row: (row.path, row.line or 0, row.kind, row.value))
    gaps = [
        GapRow(file.path, f"image decided by a build argument: {item.value}", item.line)
        for file, item in told
        if not item.resolved
    ]
    return {"environments": rows, "gaps": gaps}


def _told(found: Sequence[tuple[File, list[FoundEnvironment]]]) -> Iterator[tuple[File, FoundEnvironment]]:
    """What counts: of Python files only a setup.py speaks of its package, and stages of builds are no images."""
    # files that are built together (docker buildx bake) start from stages of each other
    stages = {item.value for _, items in found for item in items if item.stage}
    for file, items in found:
        builds = file.kind != "python" or file.path.rpartition("/")[2] == "setup.py"
        for item in items:
            if (builds or item.source != "package") and not item.stage and item.value not in stages:
                yield file, item


def _rows(path: str, item: FoundEnvironment, component: str) -> Iterator[EnvironmentRow]:
    pin = _pin(item.kind, item.value)
    yield EnvironmentRow(path, item.line, None, item.kind, item.value, pin, item.source, component)
    if item.kind == "base_image" and (match := _CUDA_IMAGE.search(item.value)):
        cuda = match["version"]
        yield EnvironmentRow(path, item.line, None, "cuda", cuda, _version_pin(cuda), item.source, component)
    elif item.kind == "index" and (match := _CUDA_INDEX.search(item.value)):
        yield _cuda_of_package(path, item.line, match, component)


def _pin(kind: Kind, value: str) -> Pin:
    if kind == "base_image":
        return _image_pin(value)
    return "none" if kind in {"index", "channel"} else _version_pin(value)


def _of_dependency(row: DependencyRow) -> Iterator[EnvironmentRow]:
    """Python and CUDA where they are packages, as in conda, or parts of a version (`+cu118`)."""
    # what follows the second `=` is the build
    version = row.specifier.lstrip("= ").split("=")[0] if row.specifier.startswith("=") else row.specifier
    if "$" in version:
        return
    if row.ecosystem == "conda" and row.name == "python" and version:
        yield EnvironmentRow(row.path, row.line, None, "python", version, _version_pin(version), "conda", row.component)
    elif row.ecosystem == "conda" and row.name in _CUDA_PACKAGES and version:
        yield EnvironmentRow(row.path, row.line, None, "cuda", version, _version_pin(version), "conda", row.component)
    elif match := _CUDA_WHEEL.search(row.specifier) or _CUDA_INDEX.search(row.url or ""):
        yield _cuda_of_package(row.path, row.line, match, row.component)


def _cuda_of_package(path: str, line: int | None, match: re.Match[str], component: str) -> EnvironmentRow:
    """The CUDA that wheels are built for, as PyTorch writes it: `cu118`."""
    value = f"{match['major']}.{match['minor']}"
    return EnvironmentRow(path, line, None, "cuda", value, "float", "package", component)


def _dated(row: EnvironmentRow, today: str) -> EnvironmentRow:
    """With the day until which its Python is supported, where it names one minor version."""
    asks = row.kind in {"python", "notebook_python"} and row.pin in {"float", "exact"}
    until = supported_until(row.value.lstrip("= ")) if asks else None
    return row if until is None else structs.replace(row, supported_until=until, supported=until >= today)


def _version_pin(value: str) -> Pin:
    bare = value.strip().removeprefix("==").strip()
    if re.search(r"[<>~^!*,|]", bare):
        return "range"
    return "exact" if _FULL_VERSION.match(bare) else "float"


def _image_pin(reference: str) -> Pin:
    """Digest, a tag that is not moved (three numbers, a date, a commit), one that is, `latest`, or no tag at all."""
    if "@sha256:" in reference:
        return "digest"
    name, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        return "none"
    if tag.startswith("latest") or "nightly" in tag:
        return "latest"
    monthly = name.startswith(_MONTHLY_REGISTRY) and _MONTHLY_TAG.match(tag)
    return "exact" if monthly or _EXACT_TAG.search(tag) else "float"
