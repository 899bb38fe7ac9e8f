"""Components: the unit of account. One row for the repository and one for each folder with a manifest of its own.

Folders that serve the component around them (`docs/`, `tests/`, `requirements/`, `docker/`) are no components, and
neither is what was copied in from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.components.kinds import Kind, Seen, Verdict, decide, stated_verdict
from debtscan.components.owners import PLACES, owner_of
from debtscan.components.signs import (
    Signs,
    dockerfile_signs,
    document_signs,
    owner_signs,
    pyproject_signs,
    python_signs,
    setup_cfg_signs,
    workflow_signs,
    yaml_signs,
)
from debtscan.repository import File
from debtscan.repository.kinds import REQUIREMENTS_FOLDER
from debtscan.scanners import Stated
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource


class ComponentRow(Struct, frozen=True, gc=False):
    """One component."""

    root: Annotated[str, "its folder; '.' is the repository itself"]
    kind: Annotated[Kind, "what it is meant to be"]
    confidence: Annotated[float, "how sure that is, 0 to 1"]
    why: Annotated[str, "the deciding sign, as part of a sentence"]
    publishes: Annotated[bool, "others install it as a package, so its metadata are a promise and no record"]
    owner: Annotated[str | None, "owners by CODEOWNERS or the settings; NULL when nobody is named"]


TABLES = {"components": ComponentRow}
KINDS = frozenset(
    {"python", "pyproject", "setup_cfg", "dockerfile", "workflow", "yaml", "conda", "text", "doc", "other"}
)
FOUND = Signs

_READERS = {
    "pyproject": pyproject_signs,
    "setup_cfg": setup_cfg_signs,
    "dockerfile": dockerfile_signs,
    "workflow": workflow_signs,
    "yaml": yaml_signs,
    "conda": yaml_signs,
    "text": owner_signs,
    "doc": document_signs,
}


def scan_file(source: PythonSource | TextSource) -> Signs | None:
    if isinstance(source, PythonSource):
        return python_signs(source)
    return _READERS[source.kind](source.text) if source.kind in _READERS else None


_MANIFEST_KINDS = frozenset({"requirements", "pipfile", "pixi_toml"})
_READ_MANIFEST_KINDS = frozenset({"pyproject", "setup_cfg", "conda"})
_SERVING_FOLDER = re.compile(
    rf"(^|/)(docs?|documentation|tests?|testing|testdata|fixtures|{REQUIREMENTS_FOLDER}|ci|docker|binder|envs?"
    r"|environments?|third[-_]?party|_?vendor(ed)?|extern(als?)?|site-packages|node_modules|\.[^/]+)(/|$)",
    re.IGNORECASE,
)
_EXAMPLE_FOLDER = re.compile(r"(^|/)(examples?|demos?|samples?|tutorials?|benchmarks?|contrib)/", re.IGNORECASE)
_ENTRY_SCRIPT = re.compile(
    r"(train|main|app|run|predict|detect|eval|infer|serve|finetune|fine_tune|sample|generate|demo|manage|pretrain"
    r"|streamlit_app|test_net|launch|cli)[\w-]*\.py",
    re.IGNORECASE,
)
_CHAPTER = re.compile(
    r"(?:ch(?:apter)?|week|lecture|lesson|section|module|unit|day|part|lab)[-_ ]?(?P<alone>\d{1,2})$"
    r"|(?:ch(?:apter)?|week|lecture|lesson|section|module|unit|day|part|lab)?[-_ ]?(?P<named>\d{1,2})[-_. ]\D",
    re.IGNORECASE,
)
_LESSON_NUMBER = re.compile(r"(?:ch(?:apter)?|week|lecture|lesson|section)[-_ ]?\d", re.IGNORECASE)
_LESSONS = re.compile(r"(homeworks?|lectures?|lessons?|cohorts?|chapters?|assignments?|exercises?)", re.IGNORECASE)
_EXERCISE = re.compile(r"(?:exercise|(?P<solution>solution))s?\)?\.\w+$", re.IGNORECASE)
_CARE = (
    (re.compile(r"licen[cs]e|copying", re.IGNORECASE), "a licence"),
    (re.compile(r"changelog|changes|history|news|releases", re.IGNORECASE), "a changelog"),
    (re.compile(r"mkdocs", re.IGNORECASE), "documentation"),
)
_PRODUCT_FILES = {
    "procfile": "a Procfile starts it",
    "app.yaml": "an app.yaml deploys it",
    "serverless.yml": "serverless.yml deploys it",
    "fly.toml": "fly.toml deploys it",
    "mlproject": "an MLproject file starts it",
    "dvc.yaml": "a DVC pipeline runs it",
    "dagster.yaml": "a dagster.yaml runs it",
    "prefect.yaml": "a prefect.yaml deploys it",
    "bentofile.yaml": "a bentofile deploys it",
    "cog.yaml": "a cog.yaml deploys it",
}
_SRC_LAYOUT = "a src layout"
_TEMPLATE_FILES = frozenset({"cookiecutter.json", "copier.yml", "copier.yaml"})


def scan_repository(
    found: Sequence[tuple[File, Signs]], listing: Sequence[File], stated: Stated
) -> Mapping[str, Sequence[Struct]]:
    signs = {file.path: item for file, item in found}
    roots = _roots(listing, signs)
    rules = next((signs[path].owners for path in sorted(PLACES) if path in signs and signs[path].owners), ())
    verdicts: dict[str, Verdict] = {}
    rows = []
    for root, seen in sorted(_see(listing, signs, roots).items(), key=lambda item: (item[0] != ".", item[0])):
        parent = None if root == "." else verdicts[nearest(root, frozenset(verdicts))]
        verdict = verdicts[root] = stated_verdict(root, stated.kinds) or decide(seen, parent)
        owner = stated.owners.get(root) or owner_of(root, rules)
        rows.append(ComponentRow(root, verdict.kind, verdict.confidence, verdict.why, verdict.publishes, owner))
    return {"components": rows}


def nearest(path: str, roots: frozenset[str]) -> str:
    """The root nearest above a file or folder; '.' when none is."""
    folder = path
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        if folder in roots:
            return folder
    return "."


def _roots(listing: Sequence[File], signs: Mapping[str, Signs]) -> frozenset[str]:
    folders = (file.path.rpartition("/")[0] for file in listing if _is_manifest(file, signs.get(file.path)))
    return frozenset({".", *(folder for folder in folders if folder and not _SERVING_FOLDER.search(folder))})


def _is_manifest(file: File, item: Signs | None) -> bool:
    if file.mode not in {"file", "executable"}:
        return False
    if file.kind in _MANIFEST_KINDS:
        return True
    if file.kind in _READ_MANIFEST_KINDS:
        # a template is none that can be read
        return "{{" in file.path or (item is not None and item.manifest)
    return file.path.rpartition("/")[2] == "setup.py" and item is not None and item.package is not None


def _see(listing: Sequence[File], signs: Mapping[str, Signs], roots: frozenset[str]) -> dict[str, Seen]:
    """What is seen of each component, every file counted where it lies."""
    components = {root: Seen(root, template=root.rpartition("/")[2] if "{{" in root else None) for root in roots}
    if any("{{" in root for root in roots) and not _builds(signs, "setup.py", "pyproject.toml"):
        components["."].template = next(root for root in sorted(roots) if "{{" in root)
    for file in listing:
        if file.mode in {"file", "executable"}:
            _see_file(file, signs.get(file.path), components[nearest(file.path, roots)])
    for seen in components.values():
        _see_lessons(_top_names(listing, seen.root), seen)
    _forget_src_packages(listing, components)
    uploads = ((path, item.publishes) for path, item in signs.items() if item.publishes is not None)
    _attribute_uploads(list(uploads), components)
    return components


def _forget_src_packages(listing: Sequence[File], components: Mapping[str, Seen]) -> None:
    """A `src` that is itself a package is no src layout."""
    for file in listing:
        folder, found, rest = file.path.rpartition("src/__init__.py")
        seen = components.get(folder.rstrip("/") or ".") if found and not rest else None
        if seen is not None:
            seen.care = [sign for sign in seen.care if sign != _SRC_LAYOUT]


def _see_file(file: File, item: Signs | None, seen: Seen) -> None:
    inside = file.path if seen.root == "." else file.path[len(seen.root) + 1 :]
    _see_name(file, inside, seen)
    if item is not None:
        _see_signs(file, inside, item, seen)


def _see_lessons(names: Iterable[str], seen: Seen) -> None:
    """Chapters and lessons that are numbered in the names of folders and notebooks."""
    numbered = [match for name in names if (match := _CHAPTER.match(name))]
    seen.chapters = len({match["alone"] or match["named"] for match in numbered})
    seen.lesson_folders += sum(_LESSON_NUMBER.match(match[0]) is not None for match in numbered)


def _builds(signs: Mapping[str, Signs], *paths: str) -> bool:
    packages = (signs[path].package for path in paths if path in signs)
    return any(package is not None and package.builds for package in packages)


def _see_name(file: File, inside: str, seen: Seen) -> None:
    """What the name alone tells."""
    folder, _, name = inside.rpartition("/")
    seen.python_files += file.kind == "python" and name != "setup.py"
    seen.notebooks += file.kind == "notebook"
    if file.kind in {"python", "notebook"} and (named := _EXERCISE.search(name)) is not None:
        seen.exercises += named["solution"] is None
        seen.solutions += named["solution"] is not None
    if name.lower() in _PRODUCT_FILES and not _SERVING_FOLDER.search(folder):
        seen.runs.append(_PRODUCT_FILES[name.lower()])
    if _LESSONS.fullmatch(folder.rpartition("/")[2]):
        seen.lesson_folders += 1
    if not folder:
        _see_root_name(file, name, seen)
    elif name == "conf.py" and folder.split("/")[0] in {"doc", "docs"}:
        seen.care.append("documentation")
    elif name == "py.typed":
        seen.care.append("types")
    elif name == "__init__.py" and re.fullmatch(r"src/[^/]+", folder):
        seen.care.append(_SRC_LAYOUT)


def _see_root_name(file: File, name: str, seen: Seen) -> None:
    """What the name of a file in the component's own folder tells."""
    seen.care += [sign for pattern, sign in _CARE if pattern.match(name)]
    if name in _TEMPLATE_FILES:
        seen.template = seen.template or name
    if file.kind == "python" and _ENTRY_SCRIPT.fullmatch(name):
        seen.entry_scripts.append(name)


def _see_signs(file: File, inside: str, item: Signs, seen: Seen) -> None:
    """What the content tells."""
    if "/" not in inside:
        _see_root_signs(file, inside, item, seen)
    if _EXAMPLE_FOLDER.search(inside) or (_SERVING_FOLDER.search(inside) and file.kind != "dockerfile"):
        return
    seen.scripts += item.script
    if item.runs:
        seen.runs.append(f"{inside} {item.runs}")
    if item.serves and inside.count("/") <= 1:
        seen.serves.append((inside, item.serves))
    if item.holds_code:
        seen.image = seen.image or inside


def _see_root_signs(file: File, name: str, item: Signs, seen: Seen) -> None:
    """What the content of a file in the component's own folder tells."""
    if item.package is not None and (file.kind != "python" or name == "setup.py"):
        seen.packages.append((name, item.package))
    if name.lower().startswith("readme"):
        seen.examples = seen.examples or item.examples
        seen.teaching = max(seen.teaching, item.teaching)


def _top_names(listing: Sequence[File], root: str) -> Iterable[str]:
    """Names of the folders and notebooks in a component's own folder."""
    prefix = "" if root == "." else f"{root}/"
    names = set()
    for file in listing:
        if file.path.startswith(prefix):
            name, slash, _ = file.path[len(prefix) :].partition("/")
            if slash or file.kind == "notebook":
                names.add(name)
    return names


def _attribute_uploads(workflows: Sequence[tuple[str, tuple[str, ...]]], components: Mapping[str, Seen]) -> None:
    """Give each uploading workflow to the package that it names by folder, else to the one at the root."""
    packaged = [seen for seen in components.values() if any(package.builds for _, package in seen.packages)]
    default = packaged if len(packaged) == 1 else [seen for seen in packaged if seen.root == "."]
    for path, words in workflows:
        for seen in _named_by(words, packaged) or default:
            seen.publishes = seen.publishes or path


def _named_by(words: Sequence[str], packaged: Sequence[Seen]) -> list[Seen]:
    return [seen for seen in packaged if seen.root != "." and any(seen.root in word for word in words)]
