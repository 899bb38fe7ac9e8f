"""Who owns a folder, by CODEOWNERS: the last pattern that matches wins.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PLACES = frozenset({"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"})


def owner_of(root: str, rules: Sequence[tuple[str, str]]) -> str | None:
    """The owners of a component's folder; of the repository itself, those of everything."""
    owner = None
    for pattern, owners in rules:
        if _covers(pattern, root):
            owner = owners
    return owner


def _covers(pattern: str, root: str) -> bool:
    """Whether a pattern takes in all of a folder."""
    bare = pattern.removeprefix("/").rstrip("/")
    if bare in {"*", "**"}:
        return True
    if root == ".":
        return False
    anchored = pattern.startswith("/") or "/" in bare
    expression = _expression(re.sub(r"/\*\*?$", "", bare))
    return re.search(f"{'^' if anchored else '(^|/)'}{expression}(/|$)", root) is not None


def _expression(glob: str) -> str:
    parts = re.split(r"(\*\*/?|\*|\?)", glob)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(meaning.get(part) or re.escape(part) for part in parts)
