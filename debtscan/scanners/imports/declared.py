"""Names that the manifests around a file ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from debtscan.lexicon.modules import pypi_name
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.scanners.dependencies.rows import DependencyRow

_FOR_OTHERS = frozenset({"test", "docs", "build"})
_NOT_RUNTIME = re.compile(
    r"(^|/)(_?tests?|testing|docs?|examples?|benchmarks?)/|(^|/)(test_[^/]*|[^/]*_test|conftest|setup|noxfile)\.py$"
)


class Declared:
    """Normalised names by component; what a notebook installs or a script heads itself with holds for that file alone."""

    def __init__(self, dependencies: Iterable[DependencyRow], components: Iterable[ComponentRow]) -> None:
        kinds = {component.root: component.kind for component in components}
        self._roots = frozenset(kinds)
        self._own: dict[str, set[str]] = {}
        self._for_others: dict[str, set[str]] = {}
        """What only tests, documentation or the build ask for."""
        self._of_file: dict[str, set[str]] = {}
        for row in dependencies:
            # what a workflow installs, a checkout elsewhere does not get
            if row.ecosystem not in {"pypi", "conda"} or row.scope == "ci":
                continue
            # what an image or a script of a library installs, whoever installs the library does not get
            if row.section == "install command" and kinds.get(row.component) == "library":
                continue
            name = pypi_name(row.name) if row.ecosystem == "conda" else row.name
            if row.section in {"notebook", "script"}:
                self._of_file.setdefault(row.path, set()).add(name)
            else:
                kept = self._for_others if row.scope in _FOR_OTHERS else self._own
                kept.setdefault(row.component, set()).add(name)
        self._names: dict[tuple[str, bool], frozenset[str]] = {}

    def names(self, path: str, component: str) -> frozenset[str]:
        """Everything asked for in a file's component, in those above it, and in the file itself."""
        above = self._above(component, _NOT_RUNTIME.search(path) is not None)
        own = self._of_file.get(path)
        return above | own if own else above

    def _above(self, component: str, for_others: bool) -> frozenset[str]:
        key = (component, for_others)
        if key not in self._names:
            own = frozenset(self._own.get(component, ()))
            if for_others:
                own |= self._for_others.get(component, set())
            parent = nearest(component, self._roots)
            self._names[key] = own if component == "." else own | self._above(parent, for_others)
        return self._names[key]
