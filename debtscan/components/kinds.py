"""Library or application: the question on which every judgement of a dependency hangs.

The order is that of the research (rules §4.3); the first answer that holds wins and its reason is kept. A package that
is also run from a clone or an image is both: it is called an application, and what its metadata promise to others is
still not held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from debtscan.components.signs import Package

Kind: TypeAlias = Literal["library", "application", "service", "notebooks", "course", "template", "unknown"]

EXAMPLE_CONFIDENCE = 0.6
MANY_SIGNS = 3
"""Of a package meant for others; two of them (a `setup.py`, a licence) any folder has."""
_ANY_PROJECT = frozenset({"setup.py", "setup.cfg", "a [build-system]", "a Python range", "a licence"})
"""Signs that tools write by themselves or any folder has."""
MANY_SCRIPTS = 2
"""In the folder of a package, before it is taken to be run from a clone; one is a leftover."""
MANY_CHAPTERS = 4
MANY_EXERCISES = 3
MANY_WORDS = 6
"""Times that a README of a course speaks of lessons; a library's mentions a tutorial or two."""


class Seen(Struct):
    """What was seen of one component, its sub-components left out."""

    root: str
    packages: list[tuple[str, Package]] = []
    template: str | None = None
    """The file that makes it a template."""
    publishes: str | None = None
    """The workflow that uploads it."""
    runs: list[str] = []
    """What starts it as a product, in words."""
    serves: list[tuple[str, str]] = []
    """(path, framework) of what answers requests."""
    image: str | None = None
    """A Dockerfile that copies the code."""
    entry_scripts: list[str] = []
    """Scripts to be started, in the component's own folder."""
    scripts: int = 0
    """Scripts to be started, anywhere in it."""
    python_files: int = 0
    notebooks: int = 0
    care: list[str] = []
    """Signs outside the manifests that others use it: licence, changelog, documentation, types, tags."""
    chapters: int = 0
    """Numbered folders and notebooks."""
    lesson_folders: int = 0
    exercises: int = 0
    """Notebooks and scripts named as exercises."""
    solutions: int = 0
    """Notebooks and scripts named as solutions of exercises."""
    teaching: int = 0
    """How often its README speaks of lessons."""
    examples: bool = False
    """Its README calls it a collection of examples."""


class Verdict(Struct, frozen=True):
    kind: Kind
    confidence: float
    why: str
    publishes: bool = False
    """Others install it as a package, so its metadata are a promise and no list of what was installed."""
    examples: bool = False
    """A collection of examples: applications in form, of which less is asked."""


def decide(seen: Seen, parent: Verdict | None) -> Verdict:
    """The kind of one component; `parent` is the verdict on the component around it."""
    verdict = _decide(seen, parent)
    if not seen.examples and not (parent and parent.examples):
        return verdict
    if verdict.kind not in {"application", "service"}:
        return replace(verdict, examples=True)
    sure = min(verdict.confidence, EXAMPLE_CONFIDENCE)
    return replace(verdict, confidence=sure, why=f"{verdict.why}, in a collection of examples", examples=True)


def _decide(seen: Seen, parent: Verdict | None) -> Verdict:
    signs = sorted({sign for _, package in seen.packages for sign in package.signs} | set(seen.care))
    builds = any(package.builds for _, package in seen.packages)
    promised = len(signs) >= MANY_SIGNS and not set(signs) <= _ANY_PROJECT
    published = builds and (seen.publishes is not None or promised)
    return (
        _template_or_course(seen, parent, published)
        or _not_a_package(seen)
        or _published_or_run(seen, published)
        or _described(seen, signs, published)
        or _scripts(seen, builds)
        or _left_over(seen, parent)
    )


def _template_or_course(seen: Seen, parent: Verdict | None, published: bool) -> Verdict | None:
    if parent and parent.kind in {"template", "course"}:
        return Verdict(parent.kind, parent.confidence, f"part of {_a(parent.kind)}", published)
    if seen.template:
        return Verdict("template", 0.95, f"{seen.template} makes it a template for other projects", published)
    chaptered = seen.chapters >= MANY_CHAPTERS and (seen.teaching or seen.lesson_folders)
    # a book may come with a package of its code; one that is uploaded by a workflow is a library
    if chaptered and not (published and seen.publishes):
        sign = "its README speaks of teaching" if seen.teaching else "folders with the names of lessons"
        return Verdict("course", 0.9, f"{seen.chapters} numbered chapters, and {sign}", published)
    if published:
        return None
    if min(seen.exercises, seen.solutions) >= MANY_EXERCISES:
        return Verdict("course", 0.8, f"{seen.exercises} exercises, and {seen.solutions} solutions")
    if seen.teaching >= MANY_WORDS:
        return Verdict("course", 0.7, f"its README speaks of lessons {seen.teaching} times")
    return None


def _not_a_package(seen: Seen) -> Verdict | None:
    reason = next((package.application for _, package in seen.packages if package.application), None)
    others = any(package.builds and not package.application for _, package in seen.packages)
    if reason is None or others:
        return None
    return Verdict(_service_or_application(seen), 0.95, reason)


def _published_or_run(seen: Seen, published: bool) -> Verdict | None:
    if seen.publishes and published:
        return Verdict("library", 0.8 if seen.runs else 0.95, f"{seen.publishes} uploads it as a package", True)
    if seen.runs:
        return Verdict(_service_or_application(seen), 0.9, seen.runs[0], published)
    return None


def _described(seen: Seen, signs: list[str], published: bool) -> Verdict | None:
    if not published:
        return None
    if seen.serves and not seen.publishes:
        path, framework = seen.serves[0]
        return Verdict("service", 0.7, f"{path} answers requests ({framework})", True)
    described = f"describes a package for others ({', '.join(signs)})"
    if len(seen.entry_scripts) >= MANY_SCRIPTS:
        scripts = f"{_some(seen.entry_scripts)} are"
        return Verdict(_service_or_application(seen), 0.6, f"{described}, but {scripts} run from a clone", True)
    if seen.image and "/" not in seen.image:
        return Verdict(_service_or_application(seen), 0.6, f"{described}, but {seen.image} runs the clone", True)
    return Verdict("library", 0.8, described, True)


def _scripts(seen: Seen, builds: bool) -> Verdict | None:
    kind = _service_or_application(seen)
    shim = next((path for path, package in seen.packages if package.shim), None)
    if shim:
        return Verdict(kind, 0.85, f"{shim} only puts the code on the path and describes no package")
    if seen.image:
        return Verdict(kind, 0.8, f"{seen.image} puts the code into an image")
    if seen.entry_scripts:
        scripts = f"{_some(seen.entry_scripts)} {_is_or_are(seen.entry_scripts)}"
        return Verdict(kind, 0.6 if builds else 0.8, f"{scripts} started from its folder")
    if not builds and (seen.scripts or seen.serves):
        return Verdict(kind, 0.6, "has scripts to start and nothing that makes a package")
    if seen.serves:
        path, framework = seen.serves[0]
        return Verdict("service", 0.6, f"{path} answers requests ({framework})")
    if seen.scripts >= MANY_SCRIPTS:
        return Verdict(kind, 0.5, "has scripts to start, and describes its package for nobody else")
    return None


def _left_over(seen: Seen, parent: Verdict | None) -> Verdict:
    if seen.notebooks and not seen.python_files:
        return Verdict("notebooks", 0.7, "holds notebooks and no other Python code")
    if parent and parent.kind in {"application", "service", "notebooks"} and not seen.packages:
        return Verdict(parent.kind, 0.5, f"has no sign of its own and belongs to {_a(parent.kind)}")
    if not seen.python_files and not seen.notebooks:
        return Verdict("unknown", 0.4, "holds no Python code")
    return Verdict("unknown", 0.4, "has nothing that tells a library from an application")


def _service_or_application(seen: Seen) -> Kind:
    return "service" if seen.serves else "application"


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _is_or_are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _a(kind: Kind) -> str:
    return f"an {kind}" if kind[0] in "au" else f"a set of {kind}" if kind == "notebooks" else f"a {kind}"


def stated_verdict(root: str, kinds: Mapping[str, str]) -> Verdict | None:
    """What people say of a component wins over everything seen."""
    kind = kinds.get(root)
    if kind is None:
        return None
    return Verdict(kind, 1.0, "stated in the settings", kind == "library")  # type: ignore[arg-type]
