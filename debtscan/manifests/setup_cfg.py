"""The dependency lists of `setup.cfg`.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from __future__ import annotations

from debtscan.manifests.records import Manifest, Reference, Requirement, Scope, Unread
from debtscan.manifests.requirement import read_requirement, scope_of_group
from debtscan.source.marked_ini import Entry, read_ini

_KEYS: dict[str, tuple[Scope, bool]] = {
    "install_requires": ("runtime", True),
    "setup_requires": ("build", False),
    "tests_require": ("test", False),
}


def parse(text: str) -> Manifest:
    """A `setup.cfg`; most hold no more than settings of tools."""
    requirements: list[Requirement] = []
    references: list[Reference] = []
    unread: list[Unread] = []
    sections = read_ini(text)
    for key, entry in sections.get("options", {}).items():
        if key in _KEYS:
            scope, published = _KEYS[key]
            _read(entry, f"options.{key}", scope, published, requirements, references, unread)
    for extra, entry in sections.get("options.extras_require", {}).items():
        section = f"options.extras_require.{extra}"
        _read(entry, section, scope_of_group(extra), True, requirements, references, unread)
    packaging = "name" in sections.get("metadata", {})
    return Manifest(tuple(requirements), tuple(references), packaging=packaging, unread=tuple(unread))


def _read(
    entry: Entry,
    section: str,
    scope: Scope,
    published: bool,
    requirements: list[Requirement],
    references: list[Reference],
    unread: list[Unread],
) -> None:
    for line, text in _listed(entry):
        if text.startswith("file:"):
            paths = text.removeprefix("file:").split(",")
            references += [Reference("metadata", path.strip(), line) for path in paths]
            continue
        try:
            requirements.append(read_requirement(text, section, line, scope=scope, published=published))
        except ValueError as error:
            unread.append(Unread(str(error), line))


def _listed(entry: Entry) -> list[tuple[int, str]]:
    """The items of a list: a line each, or on a single line separated by `;` as setuptools does."""
    if len(entry.values) != 1 or entry.values[0][0] != entry.line:
        return entry.values
    line, text = entry.values[0]
    return [(line, part.strip()) for part in text.split(";") if part.strip()]
