"""`pyproject.toml`: PEP 621, dependency groups (PEP 735), and the tables of Poetry, PDM, uv, Hatch, Flit and Pixi."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from debtscan.manifests import pixi, poetry
from debtscan.manifests.pins import pin_of_url
from debtscan.manifests.records import Manifest, Reference, Requirement, Scope, Unread
from debtscan.manifests.requirement import canonical, read_requirement, scope_of_group, url_of_table
from debtscan.source.marked_toml import Path, Toml, read_toml
from debtscan.source.masking import mask

# section, keys that lead to a list of requirements or to lists by group, published, scope (None: told by the group)
_LISTS: tuple[tuple[Path, bool, Scope | None], ...] = (
    (("build-system", "requires"), False, "build"),
    (("project", "dependencies"), True, "runtime"),
    (("project", "optional-dependencies"), True, None),
    (("dependency-groups",), False, None),
    (("tool", "pdm", "dev-dependencies"), False, "dev"),
    (("tool", "uv", "dev-dependencies"), False, "dev"),
    (("tool", "rye", "dev-dependencies"), False, "dev"),
    (("tool", "flit", "metadata", "requires"), True, "runtime"),
    (("tool", "flit", "metadata", "requires-extra"), True, None),
    (("tool", "flit", "metadata", "dev-requires"), False, "dev"),
)


def parse(text: str) -> Manifest:
    """A `pyproject.toml`. Raises ValueError for text that is no TOML."""
    toml = read_toml(text)
    requirements: list[Requirement] = []
    unread: list[Unread] = []
    for path, published, scope in _LISTS:
        for item in _listed(toml, path):
            group = str(item[len(path)]) if len(item) > len(path) + 1 else ""
            _add(toml, item, scope or scope_of_group(group), published, requirements, unread)
    for item in _hatch_lists(toml):
        _add(toml, item, scope_of_group(str(item[3])) if item[3] != "default" else "dev", False, requirements, unread)
    poetry_section = at(toml.document, ("tool", "poetry"))
    has_project_list = isinstance(at(toml.document, ("project", "dependencies")), list)
    requirements += poetry.requirements(toml, runtime=not has_project_list)
    requirements += pixi.requirements(toml, ("tool", "pixi"), unread)
    sources = at(toml.document, ("tool", "uv", "sources"))
    if isinstance(sources, Mapping):
        requirements = [_from_source(requirement, sources) for requirement in requirements]
    return Manifest(
        tuple(requirements),
        tuple(_references(toml)),
        digests=poetry.digests(toml.document) if isinstance(poetry_section, Mapping) else (),
        packaging="build-system" in toml.document,
        unread=tuple(unread),
    )


def at(document: object, path: Path) -> Any:  # noqa: ANN401 - whatever the document holds
    """What stands under a path of keys; None where the document has another shape."""
    for key in path:
        if not isinstance(document, Mapping):
            return None
        document = document.get(key)
    return document


def _listed(toml: Toml, path: Path) -> Iterator[Path]:
    """Paths of the items of a list, or of all lists of a table of lists."""
    value = at(toml.document, path)
    if isinstance(value, list):
        yield from ((*path, position) for position in range(len(value)))
    elif isinstance(value, Mapping):
        for group in value:
            yield from _listed(toml, (*path, group)) if isinstance(value[group], list) else ()


def _hatch_lists(toml: Toml) -> Iterator[Path]:
    environments = at(toml.document, ("tool", "hatch", "envs"))
    for name in environments if isinstance(environments, Mapping) else ():
        for key in ("dependencies", "extra-dependencies"):
            yield from _listed(toml, ("tool", "hatch", "envs", name, key))


def _add(
    toml: Toml, item: Path, scope: Scope, published: bool, requirements: list[Requirement], unread: list[Unread]
) -> None:
    written = at(toml.document, item[:-1])[item[-1]]
    # `{ include-group = "x" }` repeats another list
    if not isinstance(written, str) or written.startswith("-e "):
        return
    line = toml.line(*item)
    try:
        section = ".".join(str(key) for key in item[:-1])
        requirements.append(read_requirement(written, section, line, scope=scope, published=published))
    except ValueError as error:
        unread.append(Unread(str(error), line))


def _references(toml: Toml) -> Iterator[Reference]:
    """Requirement files that the package's own metadata are read from."""
    dynamic = at(toml.document, ("tool", "setuptools", "dynamic"))
    if isinstance(dynamic, Mapping):
        entries = [dynamic.get("dependencies")]
        extras = dynamic.get("optional-dependencies")
        entries += list(extras.values()) if isinstance(extras, Mapping) else []
        line = toml.line("tool", "setuptools", "dynamic")
        for entry in entries:
            yield from (Reference("metadata", path, line) for path in _strings(at(entry, ("file",))))
    hook: Path = ("tool", "hatch", "metadata", "hooks", "requirements_txt")
    for key in ("filename", "files"):
        yield from (Reference("metadata", path, toml.line(*hook)) for path in _strings(at(toml.document, (*hook, key))))


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def _from_source(requirement: Requirement, sources: Mapping[str, Any]) -> Requirement:
    """A requirement that uv takes from elsewhere than an index."""
    source = next((value for name, value in sources.items() if canonical(name) == requirement.name), None)
    if isinstance(source, list):
        source = source[0] if source else None
    if not isinstance(source, Mapping) or requirement.url:
        return requirement
    url = url_of_table(source) or ("." if source.get("workspace") else None)
    return msgspec.structs.replace(requirement, pin=pin_of_url(url), url=mask(url)) if url else requirement
