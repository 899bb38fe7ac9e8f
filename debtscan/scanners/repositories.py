"""The repository as a whole: how much machine learning is in it, and of what sort.

Score and role follow the evidence points of the research (rules §4.1): libraries such as numpy and pandas are data
work and score nothing. The role says how to read the report; it changes no fact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.repository import File
from debtscan.scanners.components import ComponentRow
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.files import FileRow
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.training import TrainingEntryPoint
from debtscan.source.text import TextSource

MlRole: TypeAlias = Literal["library", "application", "research", "course", "analysis", "none"]

ML_CORE = frozenset(
    {"sklearn", "torch", "tensorflow", "keras", "xgboost", "lightgbm", "catboost", "transformers", "diffusers", "jax"}
    | {"flax", "fastai", "pytorch_lightning", "lightning", "paddle", "mxnet", "timm", "torchvision", "spacy", "gensim"}
    | {"statsmodels", "prophet", "implicit", "surprise", "stable_baselines3", "sentence_transformers", "peft", "trl"}
)
TRACKERS = frozenset({"mlflow", "wandb", "neptune", "comet_ml", "clearml", "dvclive", "kedro", "zenml", "metaflow"})
MAYBE_SCORE = 15
"""From here on a repository may be about machine learning; below, it is not."""
_USED = frozenset({"source", "notebook"})


class RepositoryRow(Struct, frozen=True, gc=False):
    """The audited repository; one row."""

    ml_role: Annotated[MlRole, "what sort of machine-learning repository it is; none when it is not one"]
    ml_score: Annotated[int, "evidence of machine learning, 0 to 100; from 30 on it surely is, below 15 it is not"]
    why: Annotated[str, "the evidence, in words"]


TABLES = {"repositories": RepositoryRow}
KINDS = frozenset({"doc"})
_PAPER = (b"arxiv.org/", b"@article{", b"@inproceedings{", b"@misc{", b"official implementation")
_PAPER_CODE = (b"official pytorch implementation", b"official tensorflow implementation")


class FoundDocument(Struct, frozen=True, gc=False, array_like=True):
    cites_paper: bool


FOUND = FoundDocument


def scan_file(source: TextSource) -> FoundDocument | None:
    # bytes, because lowering the letters of all the world takes ten times as long
    text = source.text.encode("utf-8", "surrogatepass").lower()
    return FoundDocument(cites_paper=True) if any(sign in text for sign in (*_PAPER, *_PAPER_CODE)) else None


def scan_repository(
    found: Sequence[tuple[File, FoundDocument]],
    files: Sequence[FileRow],
    components: Sequence[ComponentRow],
    imports: Sequence[ImportRow],
    training_entry_points: Sequence[TrainingEntryPoint],
    data_references: Sequence[DataReference],
) -> Mapping[str, Sequence[Struct]]:
    scope = {row.path: row.scope for row in files}
    evidence = _evidence(files, imports, training_entry_points, data_references, scope)
    score = max(0, min(100, sum(points for points, _ in evidence)))
    kinds = {component.kind for component in components}
    root = next((component.kind for component in components if component.root == "."), "unknown")
    paper = any(_is_readme(file.path) for file, _ in found)
    role = _role(score, root, kinds, paper)
    why = ", ".join(words for _, words in evidence) or "nothing that trains, loads or tracks a model"
    return {"repositories": [RepositoryRow(role, score, why)]}


# debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
def _evidence(
    files: Sequence[FileRow],
    imports: Sequence[ImportRow],
    trains: Sequence[TrainingEntryPoint],
    reads: Sequence[DataReference],
    scope: Mapping[str, str],
) -> list[tuple[int, str]]:
    core = {row.path for row in imports if row.top in ML_CORE}
    # a repository that holds nothing but tutorials is about what they show
    code = {row.scope for row in files if row.kind in {"python", "notebook"}}
    counted = _USED if code & _USED else {"example"}
    used = {path for path in core if scope.get(path) in counted}
    notebooks = sum(path.endswith(".ipynb") for path in used)
    points: list[tuple[int, str]] = []
    if any(scope.get(row.path) in counted for row in trains):
        points.append((25, "trains a model"))
    if used:
        importing = "1 file imports" if len(used) == 1 else f"{len(used)} files import"
        points.append((5 if len(used) == 1 else 10, f"{importing} a machine-learning library"))
    if notebooks:
        points.append((10, "all in notebooks" if notebooks == len(used) else f"{notebooks} in notebooks"))
    if any(row.kind == "model" for row in files):
        points.append((10, "holds model files"))
    if any(row.kind == "dvc" for row in files) or any(row.top in TRACKERS for row in imports):
        points.append((10, "tracks data or runs"))
    if any(row.direction == "read" for row in reads):
        points.append((5, "reads data"))
    if core and not used:
        points.append((-30, "machine learning only in tests, documents and examples"))
    return points


def _is_readme(path: str) -> bool:
    return "/" not in path and PurePosixPath(path).stem.lower() == "readme"


def _role(score: int, root: str, kinds: Collection[str], paper: bool) -> MlRole:
    if score < MAYBE_SCORE:
        return "none"
    if root == "course":
        return "course"
    if root == "library":
        return "library"
    if root == "notebooks":
        return "analysis"
    if paper:
        return "research"
    if root in {"application", "service"} or "service" in kinds:
        return "application"
    return "research"
