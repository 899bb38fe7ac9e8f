"""What a rule file may say, key by key; the YAML of a rule becomes a `model.Rule` and its examples here.

Nothing is guessed: unknown keys are errors, so a misspelt `unit_hours` cannot become a rule without a price.
"""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from debtscan.advisories.osv import read_record
from debtscan.model import Category, Channel, Confidence, Cost, Interest, RemedyKind, Rule, Severity, Spread, Stage
from debtscan.rulebook.records import Commit, Example

MAX_QUERY_BYTES = 64 * 1024
MAX_REPEATED = 20_000_000
_RULE_ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"


def _spread(value: object) -> Spread:
    numbers = value if isinstance(value, list) else []
    if len(numbers) != 3 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise PydanticCustomError("spread", "want three rising numbers (low, likely, high)")
    if not 0 < numbers[0] <= numbers[1] <= numbers[2] < float("inf"):
        raise PydanticCustomError("spread", "want three rising numbers above zero (low, likely, high)")
    return Spread(p10=float(numbers[0]), p50=float(numbers[1]), p90=float(numbers[2]))


def _day(value: object) -> object:
    """Take a day without quotes, which YAML reads as a date."""
    return value.isoformat() if type(value) is date else value


def _short_enough(query: str) -> str:
    if len(query.encode()) > MAX_QUERY_BYTES:
        raise PydanticCustomError("query", "want at most 64 KB of SQL")
    return query


def _relative(path: str) -> str:
    if path.startswith("/") or "\\" in path or re.search(r"(^|/)(\.\.?|\.git)?(/|$)", path):
        raise PydanticCustomError("path", "want a path inside the repository such as src/train.py")
    return path


def _text(value: object) -> object:
    """Take `{repeat: text, times: n}` for a file too large to be written out, with a text `before` and `after` it."""
    if not isinstance(value, dict):
        return value
    words = [value.get(key, "") for key in ("before", "repeat", "after")]
    times = value.get("times")
    known = {"repeat", "times"} <= value.keys() <= {"repeat", "times", "before", "after"}
    if not (known and all(isinstance(word, str) for word in words) and type(times) is int):
        raise PydanticCustomError("repeat", "want a text, or {repeat: text, times: number}")
    before, text, after = words
    if not 0 <= len(before) + len(text) * times + len(after) <= MAX_REPEATED:
        raise PydanticCustomError("repeat", "want at most 20 million characters in a file of an example")
    return f"{before}{text * times}{after}"


def _scalars(found: dict[str, Any]) -> dict[str, Any]:
    if not all(value is None or isinstance(value, str | int | float | bool) for value in found.values()):
        raise PydanticCustomError("finds", "want text, numbers, true, false or null for every column")
    return found


def _advisory(record: dict[str, Any]) -> dict[str, Any]:
    try:
        affected = read_record(record).advisories
    except ValueError as error:
        raise PydanticCustomError("advisories", "want an OSV record: {why}", {"why": str(error)}) from None
    if not affected:
        raise PydanticCustomError("advisories", "want an OSV record about a package on PyPI")
    return record


# pydantic fills these in by itself; a `Spread` written as a list is what YAML has.
_Spread = Annotated[Any, BeforeValidator(_spread)]
_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_RuleId = Annotated[str, StringConstraints(pattern=rf"^{_RULE_ID}$")]
_Share = Annotated[float, Field(ge=0, le=1)]
_Path = Annotated[str, AfterValidator(_relative)]
_Content = Annotated[str, BeforeValidator(_text)]
_Finds = Annotated[dict[str, Any], AfterValidator(_scalars)]
_AdvisoryPart = Annotated[dict[str, Any], AfterValidator(_advisory)]
_Moment = Annotated[str, BeforeValidator(_day), StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$")]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class _InterestPart(_Part):
    channel: Channel
    rate: Annotated[float, Field(ge=0)] = 0.0
    per: Literal["unit", "group", "extra_place"] = "group"
    driver: Literal["none", "edits", "repository_edits", "new_authors", "merges"] = "none"
    impact: _Spread
    people: _Share = 0.0


class _CostPart(_Part):
    unit: _Text
    activity: _Text | None = None
    scope: Literal["component", "repository", "organisation"] = "repository"
    fixed: _Spread | None = None
    unit_hours: _Spread | None = None
    learning: Annotated[float, Field(gt=0, le=1)] = 0.9
    exponent: Annotated[float, Field(gt=0, le=2)] = 1.0
    covers: list[_RuleId] = []
    covered_share: _Share = 0.0
    source: Literal["A", "B", "C", "D", "E"] = "E"
    note: str = ""
    interest: list[_InterestPart] = []

    @model_validator(mode="after")
    def _is_priced(self) -> _CostPart:
        if self.fixed is None and self.unit_hours is None:
            raise PydanticCustomError("hours", "want fixed or unit_hours, or no cost at all")
        return self


class _CommitPart(_Part):
    files: dict[_Path, _Content | None]
    date: _Moment
    message: str = ""
    author: str = ""


class _ExamplePart(_Part):
    name: _Text
    files: dict[_Path, _Content] = {}
    finds: list[_Finds]
    history: list[_CommitPart] = []
    advisories: list[_AdvisoryPart] = []

    @model_validator(mode="after")
    def _has_files(self) -> _ExamplePart:
        if not self.files and not self.history:
            raise PydanticCustomError("files", "want files, a history, or both")
        return self


def _two_sided(examples: list[_ExamplePart]) -> list[_ExamplePart]:
    if not any(example.finds for example in examples) or all(example.finds for example in examples):
        raise PydanticCustomError("examples", "want at least one that finds something and one with finds: []")
    return examples


class RulePart(_Part):
    """A rule file as written."""

    id: _RuleId
    title: _Text
    category: Category
    stage: Stage
    severity: Severity
    confidence: Confidence
    why: _Text
    remedy: _Text
    remedy_kind: RemedyKind
    after: list[_RuleId] = []
    references: list[_Text] = []
    query: Annotated[_Text, AfterValidator(_short_enough)]
    group_by: list[Literal["path", "subject"]] = ["path", "subject"]
    cost: _CostPart | None = None
    examples: Annotated[list[_ExamplePart], AfterValidator(_two_sided)]

    def rule(self) -> Rule:
        lists = {"after", "references", "group_by", "cost", "examples"}
        return Rule(
            **_values(self, leave_out=lists),
            after=tuple(self.after),
            references=tuple(self.references),
            group_by=tuple(self.group_by),
            cost=_cost(self.cost) if self.cost else None,
        )

    def kept_examples(self) -> tuple[Example, ...]:
        return tuple(
            Example(
                name=part.name,
                files=part.files,
                finds=tuple(part.finds),
                history=tuple(Commit(**_values(c)) for c in part.history),
                advisories=tuple(part.advisories),
            )
            for part in self.examples
        )


def _cost(part: _CostPart) -> Cost:
    interest = tuple(Interest(**_values(each)) for each in part.interest)
    return Cost(**_values(part, leave_out={"covers", "interest"}), covers=tuple(part.covers), interest=interest)


def _values(part: BaseModel, leave_out: Set[str] = frozenset()) -> dict[str, Any]:
    return {name: getattr(part, name) for name in type(part).model_fields if name not in leave_out}
