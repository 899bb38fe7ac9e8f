"""Which versions a requirement allows, however its format writes that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_CONDA = re.compile(r"(={0,2})\s*(\d[\w.]*)(\.\*)?(?:[= ].*)?")
_CARET = re.compile(r"\^\s*(\d+)((?:\.\d+)*)")


def allowed(written: str) -> SpecifierSet | None:
    """The versions, build variants (`+cu121`) set aside; None for what PEP 440 cannot say.

    Read are PEP 440, conda's `=1.2` (any 1.2) and `1.2=build`, a bare version (just that, as Poetry and conda have it) and
    Poetry's `^1.2`.
    """
    bare = re.sub(r"\+[\w.]+", "", written.strip())
    try:
        return SpecifierSet(_of_conda(bare) or _of_poetry(bare) or bare)
    except (InvalidSpecifier, InvalidVersion):
        return None


def exact_versions(versions: SpecifierSet) -> Iterator[Version]:
    """The versions that it names with `==`."""
    for clause in versions:
        if clause.operator == "==" and not clause.version.endswith("*"):
            yield Version(clause.version)


def _of_conda(written: str) -> str | None:
    match = _CONDA.fullmatch(written)
    if match is None:
        return None
    return f"=={match[2]}" if match[1] != "=" and not match[3] else f"=={match[2]}.*"


def _of_poetry(written: str) -> str | None:
    """`^1.2` up to the next major version; before 1.0 the next minor."""
    match = _CARET.fullmatch(written)
    if match is None:
        return None
    major, rest = int(match[1]), match[2]
    minor = int(rest.split(".")[1]) if rest else 0
    end = f"{major + 1}" if major or not rest else f"0.{minor + 1}"
    return f">={major}{rest},<{end}"
