"""Rules as they are kept: the rule that the rest of the program sees, and beside it the examples that test it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from debtscan.errors import UserError
from debtscan.model import Rule, RulebookSummary


class Commit(Struct, frozen=True, kw_only=True):
    """One step of an example's history: files written (text) or deleted (None), when and by whom.

    `date` is a day or a moment in UTC that ends in Z; an empty author is the same person each time.
    """

    files: Mapping[str, str | None]
    date: str
    message: str = ""
    author: str = ""


class Example(Struct, frozen=True, kw_only=True):
    """A small repository and what the rule has to find in it: some columns of each finding, nothing when empty.

    `history` comes first, oldest commit first; `files` is the last commit, or all there is.
    """

    name: str
    files: Mapping[str, str]
    finds: tuple[Mapping[str, object], ...]
    history: tuple[Commit, ...] = ()
    advisories: tuple[Mapping[str, object], ...] = ()
    """Invented OSV records that are asked; without any nobody is."""


class RuleFile(Struct, frozen=True, kw_only=True):
    """One rule file, read and found right; `source` is its path below the directory that it was found in."""

    rule: Rule
    examples: tuple[Example, ...]
    source: str


class Rulebook(Struct, frozen=True, kw_only=True):
    """The rules that are asked, by id, and a digest of everything in them that can change an answer or a price."""

    files: tuple[RuleFile, ...]
    digest: str

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(file.rule for file in self.files)

    @property
    def summary(self) -> RulebookSummary:
        return RulebookSummary(digest=self.digest, rules=len(self.files))

    def file(self, rule_id: str) -> RuleFile:
        """Return a rule with its examples; raises UserError with the closest names."""
        for file in self.files:
            if file.rule.id == rule_id:
                return file
        raise unknown_rule(rule_id, [file.rule.id for file in self.files])


def unknown_rule(rule_id: str, known: Sequence[str]) -> UserError:
    close = get_close_matches(rule_id, known, n=1)
    closest = f" Closest: {', '.join(close)}." if close else ""
    return UserError(f'No rule "{rule_id}".{closest} All: debtscan rules')
