"""Model files that nothing in the repository can be expected to load: made with a version that no list allows.

Pickles of scikit-learn and others are only promised to load with the version that wrote them; compared are major and
minor version. Keras and TensorFlow read what older versions of the same major wrote. Formats made for exchange (ONNX,
TensorFlow Lite, safetensors) are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from debtscan.manifests.specifiers import allowed, exact_versions
from debtscan.scanners.model_files import ModelFile
from debtscan.scanners.versions import VersionRow, Witness


class ModelVersionConflict(Struct, frozen=True, gc=False):
    """One model file and one library, stated in versions that are not expected to load it."""

    path: Annotated[str, "the model file"]
    part: Annotated[str, "library that the repository states, by its name on PyPI"]
    saved_with: Annotated[str, "library and version that the file says it was made with"]
    stated: Annotated[str, "version or range that the repository states"]
    witness: Annotated[Witness, "who states it: a lock where there is one"]
    stated_path: Annotated[str, "file that states it"]
    stated_line: Annotated[int | None, "its line, from 1; NULL where the format tells none"]
    component: Annotated[str, "root of the component of the model file"]


TABLES = {"model_version_conflicts": ModelVersionConflict}

_PICKLED = frozenset({"pickle", "joblib", "mlflow"})
_PICKLED_LIBRARIES = frozenset({"scikit-learn", "statsmodels", "pandas", "gensim"})
_GROWING = {"hdf5": ("keras",), "keras": ("keras",), "saved_model": ("tensorflow",), "mlflow": ("keras", "tensorflow")}
"""Libraries that read what an older version of the same major wrote, by format."""
_LAST_WITH_KERAS_2 = 15
_SAME_NUMBER_SINCE = 6
"""Since TensorFlow 2.6 its Keras has its number; 2.16 brought Keras 3."""
_WITNESSES: tuple[Witness, ...] = ("locked", "declared", "image")
_PATCHES, _MINORS = 12, 40


def scan_repository(model_files: Sequence[ModelFile], versions: Sequence[VersionRow]) -> Mapping[str, Sequence[Struct]]:
    stated: dict[tuple[str, str], list[VersionRow]] = {}
    for row in versions:
        if row.witness in _WITNESSES:
            stated.setdefault((row.component, row.part), []).append(row)
    return {"model_version_conflicts": [row for model in model_files for row in _conflicts(model, stated)]}


def _conflicts(
    model: ModelFile, stated: Mapping[tuple[str, str], Sequence[VersionRow]]
) -> Iterator[ModelVersionConflict]:
    for made_with in model.made_with:
        library, _, written = made_with.partition(" ")
        try:
            version = Version(re.sub(r"[-+].*", "", written))
        except InvalidVersion:
            continue
        for part, loads in _readers(model, library, version):
            rows = stated.get((model.component, part)) or stated.get((".", part)) or []
            told = _told(rows)
            if not told:
                continue
            if not any(_fits(row, loads) for row in told):
                yield _conflict(model, part, made_with, told[0])
            break


def _told(rows: Sequence[VersionRow]) -> list[VersionRow]:
    """The statements that decide: of a lock before those of manifests; those that say nothing are left out."""
    for witness in _WITNESSES:
        told = [row for row in rows if row.witness == witness and allowed(row.value) and row.value]
        if told:
            return told
    return []


def _readers(model: ModelFile, library: str, version: Version) -> Iterator[tuple[str, list[Version]]]:
    """Libraries that load the file, the first that is stated decides, and versions of it that are expected to."""
    pickled = model.format in _PICKLED and model.unsafe
    if pickled and library in _PICKLED_LIBRARIES:
        yield library, _patches(version.major, version.minor)
    if library in _GROWING.get(model.format, ()):
        yield library, _later(version.major, version.minor)
        if library == "keras":
            yield "tensorflow", _tensorflow_of_keras(version)


def _patches(major: int, minor: int) -> list[Version]:
    return [Version(f"{major}.{minor}.{patch}") for patch in range(_PATCHES)] + [Version(f"{major}.{minor}.post1")]


def _later(major: int, minor: int, last: int | None = None) -> list[Version]:
    end = minor + _MINORS if last is None else last + 1
    return [version for number in range(minor, end) for version in _patches(major, number)]


def _tensorflow_of_keras(version: Version) -> list[Version]:
    if version.major >= 3:
        return _later(2, _LAST_WITH_KERAS_2 + 1)
    if version.minor >= _SAME_NUMBER_SINCE:
        return _later(2, version.minor, _LAST_WITH_KERAS_2)
    return _later(1, 0) + _later(2, 0, _LAST_WITH_KERAS_2)


def _fits(row: VersionRow, loads: Sequence[Version]) -> bool:
    versions = allowed(row.value)
    if versions is None:
        return True
    numbers = {(version.major, version.minor) for version in loads}
    if any((version.major, version.minor) in numbers for version in exact_versions(versions)):
        return True
    return any(versions.contains(version) for version in loads)


def _conflict(model: ModelFile, part: str, made_with: str, row: VersionRow) -> ModelVersionConflict:
    return ModelVersionConflict(
        path=model.path,
        part=part,
        saved_with=made_with,
        stated=row.value,
        witness=row.witness,
        stated_path=row.path,
        stated_line=row.line,
        component=model.component,
    )
