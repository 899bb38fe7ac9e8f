"""Conda recipes: `meta.yaml` of conda-build and `recipe.yaml` of rattler-build.

A recipe is a template of YAML. Variables that it sets to a plain value are filled in; what else its expressions stand
for only the build knows, and a requirement that is nothing but an expression (a compiler, a pin) is left out.
https://docs.conda.io/projects/conda-build/en/stable/resources/define-metadata.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from debtscan.manifests.conda import read_spec
from debtscan.manifests.records import Manifest, Requirement, Scope, Unread
from debtscan.source.marked_yaml import Node, read_yaml

_RECIPE = re.compile(r"^requirements[ \t]*:", re.MULTILINE), re.compile(r"^(?:package|recipe)[ \t]*:", re.MULTILINE)
_SET = re.compile(r"\{%-?\s*set\s+(?P<name>\w+)\s*=\s*['\"]?(?P<value>[\w.]+)['\"]?\s*-?%\}")
_STATEMENT = re.compile(r"\{%[^\n]*?%\}|\{#[^\n]*?#\}")
_EXPRESSION = re.compile(r"\$?\{\{(?P<inside>[^{}\n]*)\}\}")
_UNKNOWN = "__expression__"
_SCOPES: Mapping[str, Scope] = {"build": "build", "host": "build", "run": "runtime"}


def parse(text: str) -> Manifest | None:
    """What a recipe asks for; None for YAML that is none. Raises ValueError for text that is no YAML."""
    if not all(sign.search(text) for sign in _RECIPE):
        return None
    recipe = next(iter(read_yaml(_filled(text))), Node(1))
    requirements: list[Requirement] = []
    unread: list[Unread] = []
    for section, scope, item in _listed(recipe):
        if (written := _without_unknown(item.text or "")) is None:
            continue
        try:
            read = read_spec(written, section, item.line)
        except ValueError as error:
            unread.append(Unread(str(error), item.line))
            continue
        requirements.append(replace(read, scope=scope, published=scope == "runtime"))
    return Manifest(tuple(requirements), unread=tuple(unread))


def _filled(text: str) -> str:
    """The template as YAML, its lines kept."""
    known = {match["name"]: match["value"] for match in _SET.finditer(text)}
    plain = _STATEMENT.sub("", text)
    return _EXPRESSION.sub(lambda match: known.get(match["inside"].strip(), _UNKNOWN), plain)


def _listed(recipe: Node) -> Iterator[tuple[str, Scope, Node]]:
    """(section, scope, requirement) of the recipe and of the packages that it puts out."""
    outputs = recipe.get("outputs")
    for package in (recipe, *(outputs.children() if outputs else ())):
        asked = package.get("requirements")
        if asked is None:
            continue
        yield from (("requirements.run", "runtime", item) for item in _flat(asked))
        for name, listed in asked.pairs():
            if name in _SCOPES:
                yield from ((f"requirements.{name}", _SCOPES[name], item) for item in _flat(listed))
    tested = recipe.get("test", "requires")
    if tested is not None:
        yield from (("test.requires", "test", item) for item in _flat(tested))


def _flat(listed: Node) -> Iterator[Node]:
    """The scalars of a list, and of `if: ... then: ...` in it."""
    for item in listed.children():
        for node in (item, item.get("then"), item.get("else")):
            if node is not None and node.text:
                yield node
            elif node is not None:
                yield from (inner for inner in node.children() if inner.text)


def _without_unknown(written: str) -> str | None:
    """A version that only the build knows is left out; None when the name is such."""
    known = re.sub(rf"\s*[=<>!~]*\s*\S*{_UNKNOWN}\S*", "", written).strip(" ,")
    return known if known and not written.startswith(_UNKNOWN) else None
