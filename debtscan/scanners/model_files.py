"""Trained models in the repository, and pickles, which run code when they are loaded.

Told by content, never loaded; where the content is not here (a pointer of Git LFS, an output of DVC, a partial clone)
only the name speaks, and what it cannot tell is NULL. What belongs to one model is one row: the variables of a
SavedModel, and an `MLmodel` beside the file that it describes, are none of their own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from debtscan.artefacts import Format, FoundModel, Holds, is_telling, named, read_model
from debtscan.artefacts.imports import is_command, is_plain
from debtscan.artefacts.mlflow import read_mlmodel
from debtscan.datapaths.made import Made
from debtscan.datapaths.places import above
from debtscan.datapaths.tracking import is_pointer
from debtscan.repository import File
from debtscan.scanners import GapRow
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.scanners.data_files import DataFile, TrackedBy
from debtscan.scanners.data_references import DataReference
from debtscan.source.binary import BinarySource
from debtscan.source.text import TextSource

Place: TypeAlias = Literal["own", "package", "test", "example", "vendored"]


class ModelFile(Struct, frozen=True, gc=False):
    """One file with a trained model or a part of one (an encoder, a vocabulary), or any pickle."""

    path: Annotated[str, "file, relative to the repository root"]
    format: Annotated[Format, "how it is written; unknown: only the name says that it is a model"]
    size_bytes: Annotated[int | None, "size, of the object itself where a pointer states it; NULL when not told"]
    unsafe: Annotated[bool | None, "whether loading it the usual way can run code; NULL: not known"]
    tracked_by: Annotated[TrackedBy, "what keeps its versions; none: it lies on the disk only"]
    producer: Annotated[
        str | None,
        "script, notebook or dvc.yaml that writes it, or the MLmodel that names the run; NULL: not found",
    ]
    holds: Annotated[Holds, "a model or part of one, a vocabulary, plain data in a pickle, or not told"]
    by_content: Annotated[bool, "whether the content was seen; else only the name speaks"]
    whole: Annotated[bool, "whether all of it was understood"]
    framework: Annotated[str | None, "distribution it was made with, by its name on PyPI; NULL: not told"]
    framework_version: Annotated[str | None, "version of the framework that wrote it; NULL: the file does not tell"]
    made_with: Annotated[
        tuple[str, ...], "every version the file or its MLmodel states, each as `distribution version`"
    ]
    imports: Annotated[tuple[str, ...], "what a pickle would import; empty for other formats"]
    commands: Annotated[tuple[str, ...], "those of its imports that run commands, which no model needs"]
    plain: Annotated[bool | None, "whether a pickle imports arrays, tables, tensors and containers only; else NULL"]
    detail: Annotated[str | None, "version of the format: a pickle's protocol, ONNX's opset; NULL: not told"]
    run_id: Annotated[str | None, "run of MLflow that made it, by the MLmodel; NULL: none named"]
    card: Annotated[
        str | None,
        "text that speaks of it: beside it, naming it, or a README that says where models come from; NULL: none",
    ]
    place: Annotated[Place, "where it lies: own, inside an importable package, among tests or examples, vendored"]
    component: Annotated[str, "root of the component it belongs to"]
    blob: Annotated[str | None, "git blob id; NULL where git holds none, or it was not read whole"]


TABLES = {"model_files": ModelFile}
KINDS = frozenset({"model", "data", "archive", "other", "mlmodel", "doc"})
_ROWS_FROM = KINDS - {"doc", "mlmodel"}


class Found(Struct, frozen=True, gc=False, array_like=True):
    model: FoundModel | None = None
    pointer: bool = False
    strange: bool = False
    """Binary, and of no format that is known."""
    named: list[str] = []
    """Names of model files that a text speaks of."""
    explains: bool = False
    """A text says where trained models come from."""


FOUND = Found
TEXT = Found()
"""A text with the name of a model."""

_SUFFIX = re.compile(
    r"\.(?:pkl|pickle|joblib|h5|hdf5|keras|pth?|ckpt|onnx|pb|safetensors|gguf|tflite|bin|model|sav|cbm)\b"
)
_ORIGIN = re.compile(
    r"\btrain(ed|ing|s)?\b|creat|download|releas|export|generat|produc|output|\bsave|writ|convert|obtain|paper|author|https?:",
    re.IGNORECASE,
)
_MAX_LINE = 500
_STEM = re.compile(r"[\w.+-]+$")
_MAX_STEM = 100
_MAX_NAMED = 200
_HOLES = re.compile(r"\{[^{}]*\}")
_REGULAR = frozenset({"file", "executable"})
_EXPLAINS = re.compile(
    r"\bpre-?trained (models?|weights?|networks?)\b|"
    r"\b(models?|weights) (was|were|are|is) (created|trained|taken|converted|exported|obtained|downloaded|provided) (by|on|from|with)\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"^(readme|model[-_ ]?card|modelcard)\b", re.IGNORECASE)
_TEST = re.compile(r"(^|/)(tests?|testing|unit_?tests?|test[-_]?data|fixtures?|test[-_]\w+)/", re.IGNORECASE)
_EXAMPLE = re.compile(r"(^|/)(examples?|demos?|tutorials?|samples?|benchmarks?|cookbooks?)/", re.IGNORECASE)
_VENDORED = re.compile(r"(^|/)(third[_-]?party|_?vendor(ed)?|site-packages|node_modules)/", re.IGNORECASE)


def scan_file(source: TextSource | BinarySource) -> Found | None:
    if isinstance(source, BinarySource):
        return _in_binary(source)
    if source.kind == "mlmodel":
        try:
            model = read_mlmodel(source.text)
        except ValueError as error:
            model = FoundModel("mlflow", "model", whole=False, problem=f"no MLmodel: {error}")
        return Found(model) if model else None
    data = source.text[:1000].encode("utf-8", "replace")
    if (model := read_model(data, len(data))) and model.format == "lightgbm":
        return Found(model)
    names = list(islice(dict.fromkeys(_names(source.text)), _MAX_NAMED))
    explains = bool(_EXPLAINS.search(source.text))
    return Found(named=names, explains=explains) if names or explains else None


def _names(text: str) -> Iterator[str]:
    """Names of model files whose origin a text may tell, without their folders: a name alone explains nothing."""
    for match in _SUFFIX.finditer(text):
        begin = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _MAX_LINE)
        line = text[begin : match.end() + _MAX_LINE].partition("\n")[0]
        if _ORIGIN.search(line) and (stem := _STEM.search(text[max(0, match.start() - _MAX_STEM) : match.start()])):
            yield f"{stem[0]}{match[0]}"


def _in_binary(source: BinarySource) -> Found | None:
    if is_pointer(source.text):
        return Found(pointer=True)
    model = read_model(source.data, source.size_bytes)
    if model is not None:
        return Found(model)
    if b"\0" in source.data[:1000]:
        return Found(strange=True)
    return TEXT if source.kind == "model" else None


def scan_repository(
    found: Sequence[tuple[File, Found]],
    listing: Sequence[File],
    components: Sequence[ComponentRow],
    data_files: Sequence[DataFile],
    data_references: Sequence[DataReference],
) -> Mapping[str, Sequence[Struct]]:
    seen = {file.path: item for file, item in found}
    here = {file.path: file for file in listing}
    models = dict(_models(seen, listing, data_files))
    surroundings = _Surroundings(seen, listing, components, data_files, data_references)
    rows = [surroundings.row(path, model, here.get(path)) for path, model in sorted(_apart(models).items())]
    return {"model_files": rows, "gaps": list(_gaps(rows, models, here, seen))}


def _models(
    seen: Mapping[str, Found], listing: Sequence[File], data_files: Sequence[DataFile]
) -> Iterator[tuple[str, tuple[FoundModel, bool]]]:
    """Each model file with what is known of it, and whether that comes from its content."""
    tracked = {row.path: row.tracked_by for row in data_files}
    for file in listing:
        item = seen.get(file.path)
        model = item.model if item else None
        known = _seen(file, model) if model else _promised(file, item, tracked.get(file.path))
        if known:
            yield file.path, (known, model is not None)
    listed = {file.path for file in listing}
    for row in data_files:
        if row.tracked_by == "dvc" and row.path not in listed and (promised := named(row.path)) and _counts(promised):
            yield row.path, (promised, False)


def _seen(file: File, model: FoundModel) -> FoundModel | None:
    """What the content is; of HDF5 that says nothing the name decides whether it holds weights or a table."""
    if (
        model.format == "hdf5"
        and model.holds == "data"
        and (promised := named(file.path))
        and promised.holds == "model"
    ):
        return replace(model, holds="model")
    return model if _counts(model) else None


def _promised(file: File, item: Found | None, tracked_by: TrackedBy | None) -> FoundModel | None:
    """What the name promises of a file whose content is not here or not known; None where the content says no."""
    if file.kind not in _ROWS_FROM or item == TEXT or (file.mode not in _REGULAR and tracked_by != "annex"):
        return None
    unread = (item.pointer if item else not file.present or file.ignored) or tracked_by == "annex"
    if not unread and not is_telling(file.path) and not (file.kind == "model" and item is None):
        return None
    promised = named(file.path)
    return promised if promised and _counts(promised) else None


def _counts(model: FoundModel) -> bool:
    """A model, or a file that runs code: HDF5 without one is data."""
    return model.holds in {"model", "vocabulary"} or bool(model.unsafe) or model.problem is not None


def _apart(models: Mapping[str, tuple[FoundModel, bool]]) -> dict[str, tuple[FoundModel, bool]]:
    """Without what belongs to another row."""
    saved = {posixpath.dirname(path) for path, (model, _) in models.items() if model.format == "saved_model"}
    described = {folder for path, (model, _) in models.items() if model.format != "mlflow" for folder in above(path)}
    in_root = any("/" not in path and model.format != "mlflow" for path, (model, _) in models.items())
    return {
        path: item
        for path, item in models.items()
        if not (item[0].format == "tf_checkpoint" and posixpath.dirname(posixpath.dirname(path)) in saved)
        and not (item[0].format == "mlflow" and (posixpath.dirname(path) in described or ("/" not in path and in_root)))
    }


class _Surroundings:
    """Everything around a model file that says where it comes from."""

    def __init__(
        self,
        seen: Mapping[str, Found],
        listing: Sequence[File],
        components: Sequence[ComponentRow],
        data_files: Sequence[DataFile],
        references: Sequence[DataReference],
    ) -> None:
        self._roots = frozenset(component.root for component in components)
        self._tracked = {row.path: row for row in data_files}
        self._packages = {posixpath.dirname(file.path) for file in listing if file.path.endswith("__init__.py")}
        self._described = {
            posixpath.dirname(path): (path, item.model)
            for path, item in seen.items()
            if item.model and item.model.format == "mlflow"
        }
        self._beside: dict[str, str] = {}
        self._naming: dict[str, str] = {}
        for file in listing:
            if file.kind == "doc" and "/" in file.path and _CARD.match(posixpath.basename(file.path)):
                self._beside.setdefault(posixpath.dirname(file.path), file.path)
            for name in seen[file.path].named if file.path in seen else ():
                self._naming.setdefault(name, file.path)
        self._explained = next(
            (file.path for file in listing if _is_readme(file) and file.path in seen and seen[file.path].explains), None
        )
        self._writers, self._all_written = _writers(references)
        self._written = _written_names(references)

    def row(self, path: str, known: tuple[FoundModel, bool], file: File | None) -> ModelFile:
        model, by_content = known
        tracking = self._tracking(path)
        description = self._description(path)
        versions = list(dict.fromkeys([*model.versions, *(description[1].versions if description else ())]))
        framework = model.framework or (description[1].framework if description else None)
        pickled = bool(model.imports)
        return ModelFile(
            path=path,
            format=model.format,
            size_bytes=tracking.size_bytes if tracking else file.size_bytes if file else None,
            unsafe=model.unsafe,
            tracked_by=_kept_by(file, tracking),
            producer=self._producer(path, tracking, description),
            holds="model" if description and model.holds == "unknown" else model.holds,
            by_content=by_content,
            whole=model.whole and model.problem is None,
            framework=framework,
            framework_version=next((version for name, version in versions if name == framework), None),
            made_with=tuple(f"{name} {version}" for name, version in versions),
            imports=tuple(model.imports),
            commands=tuple(name for name in model.imports if is_command(name)),
            plain=all(is_plain(name) for name in model.imports) if pickled and model.whole else None,
            detail=model.detail,
            run_id=model.run_id or (description[1].run_id if description else None),
            card=self._card(path, description),
            place=self._place(path),
            component=nearest(path, self._roots),
            blob=_blob(file) if by_content else None,
        )

    def _tracking(self, path: str) -> DataFile | None:
        """The row that says how it is tracked: its own, or that of the folder DVC keeps."""
        if (own := self._tracked.get(path)) is not None:
            return own
        around = (self._tracked.get(folder) for folder in above(path))
        kept = next((row for row in around if row and row.tracked_by == "dvc"), None)
        return replace(kept, size_bytes=None) if kept else None

    def _description(self, path: str) -> tuple[str, FoundModel] | None:
        """The MLmodel beside it or above that says so: other files may lie in its folder."""
        for folder in dict.fromkeys((*above(path), "")):
            if folder not in self._described:
                continue
            described, model = self._described[folder]
            inside = posixpath.relpath(path, folder or ".")
            if path == described or any(inside == name or inside.startswith(f"{name}/") for name in model.members):
                return described, model
        return None

    def _producer(self, path: str, tracking: DataFile | None, description: tuple[str, FoundModel] | None) -> str | None:
        if tracking and tracking.by_stage:
            return tracking.tracker
        written = self._all_written.holds(path)
        writer = next((script for script, made in self._writers.items() if made.holds(path)), None) if written else None
        # moved by hand after it was written: the name is still the same
        writer = writer or self._written.get(posixpath.basename(path))
        return writer or (description[0] if description and description[1].run_id else None)

    def _card(self, path: str, description: tuple[str, FoundModel] | None) -> str | None:
        if description:
            return description[0]
        beside = self._beside.get(posixpath.dirname(path))
        return beside or self._naming.get(posixpath.basename(path)) or self._explained

    def _place(self, path: str) -> Place:
        if _VENDORED.search(path):
            return "vendored"
        if _TEST.search(path):
            return "test"
        if _EXAMPLE.search(path):
            return "example"
        return "package" if any(folder in self._packages for folder in above(path)) else "own"


def _is_readme(file: File) -> bool:
    """Whether this is the text that introduces the repository."""
    return file.kind == "doc" and "/" not in file.path and bool(_CARD.match(file.path))


def _writers(references: Sequence[DataReference]) -> tuple[dict[str, Made], Made]:
    """What each script or notebook writes, by its path, and what all of them do."""
    writers: dict[str, Made] = {}
    everything = Made()
    for row in references:
        if row.direction != "write" or row.kind == "remote":
            continue
        # a hole, or what Keras fills in: `{epoch:02d}`
        written = _HOLES.sub("*", row.resolved or row.literal)
        if not written.strip("*./"):
            continue
        for made in (writers.setdefault(row.path, Made()), everything):
            made.add(written)
            if "." not in posixpath.basename(written):
                made.add(written, folder=True)
    return writers, everything


def _written_names(references: Sequence[DataReference]) -> dict[str, str]:
    """Who writes a file of some name, wherever to."""
    names: dict[str, str] = {}
    for row in references:
        if row.direction == "write" and row.kind != "remote":
            name = posixpath.basename(row.resolved or row.literal)
            if "." in name and "{" not in name and "*" not in name:
                names.setdefault(name, row.path)
    return names


def _kept_by(file: File | None, tracking: DataFile | None) -> TrackedBy:
    """What keeps its versions; an output of DVC that was committed all the same is in git."""
    committed = file is not None and file.tracked
    if tracking is None or (committed and tracking.tracked_by == "dvc"):
        return "git" if committed else "none"
    return tracking.tracked_by


def _blob(file: File | None) -> str | None:
    """The id of the content as it lies there, where git knows it or it was read whole."""
    if file is None:
        return None
    if file.stored is None:
        return file.blob
    return file.stored if file.stored_bytes == file.size_bytes else None


def _gaps(
    rows: Sequence[ModelFile],
    models: Mapping[str, tuple[FoundModel, bool]],
    here: Mapping[str, File],
    seen: Mapping[str, Found],
) -> Iterator[GapRow]:
    for row in rows:
        model, by_content = models[row.path]
        item, file = seen.get(row.path), here.get(row.path)
        if model.problem:
            yield GapRow(row.path, f"model file not understood: {model.problem}")
        elif item and item.strange and model.unsafe is not False:
            yield GapRow(row.path, "model file not understood: its content is of no format that is read")
        elif by_content and not model.whole and model.unsafe is not False:
            yield GapRow(row.path, "model file read in part: only its beginning was looked at")
        elif file is not None and not file.present:
            yield GapRow(row.path, "model file known by its name only: its content is missing in this partial clone")
