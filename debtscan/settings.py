"""Settings: the auditor's own file, and the few harmless things an audited repository may say about itself.

The auditor's `debtscan.toml` is named by `--config` or lies in the working directory, never inside a target. An
audited repository may hold a `debtscan.toml` too: of that only component kinds, owners, waivers and excludes are read,
and the report lists what was taken from it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from debtscan.errors import UserError
from debtscan.model import Rule, Settings, Spread
from debtscan.rulebook.waivers import ListedWaiver, listed_waivers
from debtscan.source.masking import mask

FILE_NAME = "debtscan.toml"
MAX_BYTES = 256 * 1024
_KINDS = frozenset({"library", "application", "service", "notebooks", "course", "template", "unknown"})
_AUDITOR_KEYS = frozenset({"settings", "waivers", "exclude", "cost", "components", "owners"})
_REPOSITORY_KEYS = frozenset({"waivers", "exclude", "components", "owners"})
_NUMBERS = (
    "rate_per_hour",
    "hours_per_day",
    "days_per_year",
    "horizon_months",
    "effectiveness",
    "interest_ceiling_share",
)
_RATE = re.compile(r"^(?P<amount>\d+(\.\d+)?)(/(?P<unit>h|hour|d|day))?$")


class Statements(Struct, frozen=True):
    """What a `debtscan.toml` says about a repository."""

    exclude: tuple[str, ...] = ()
    waivers: tuple[ListedWaiver, ...] = ()
    kinds: Mapping[str, str] = {}
    """Component kind by component root."""
    owners: Mapping[str, str] = {}
    """Owner by component root."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each statement in words, for the report."""
        return (
            *(f"leaves out {pattern}" for pattern in self.exclude),
            *(f"calls {root} a {kind}" for root, kind in sorted(self.kinds.items())),
            *(f"names {owner} as owner of {root}" for root, owner in sorted(self.owners.items())),
            *(f"{waiver.name}: {waiver.reason}" for waiver in self.waivers),
        )


class AuditorSettings(Struct, frozen=True):
    """The auditor's file: prices, hours per rule, and statements that hold for every target."""

    settings: Settings = Settings()
    statements: Statements = Statements()
    hours: Mapping[str, Mapping[str, Spread]] = {}
    """By rule id: `fixed` and `unit_hours` that replace the rule's own."""


def read_auditor_settings(path: Path | None) -> AuditorSettings:
    """Read the file named, or `debtscan.toml` of the working directory when there is one. Raises UserError."""
    file = path or Path(FILE_NAME)
    if path is None and not file.is_file():
        return AuditorSettings()
    try:
        document = _parse(file.read_bytes(), str(file), _AUDITOR_KEYS)
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from error
    return AuditorSettings(
        _settings(document.get("settings", {}), str(file)),
        _statements(document, str(file)),
        {rule: _hours(table, f"{file}: cost.{rule}") for rule, table in _table(document, "cost", str(file)).items()},
    )


def read_repository_statements(data: bytes, origin: str) -> Statements:
    """Read what an audited repository says of itself; anything but harmless statements is refused. Raises UserError."""
    statements = _statements(_parse(data, origin, _REPOSITORY_KEYS), origin)
    return replace(statements, waivers=tuple(replace(item, reason=mask(item.reason)) for item in statements.waivers))


def hourly_rate(text: str, settings: Settings) -> float:
    """`92`, `92/h` or `736/day` as an amount an hour."""
    match = _RATE.match(text.strip())
    if match is None:
        raise UserError(f"--rate {text}: want an amount an hour or a day, for example 92/h or 736/day")
    amount = float(match["amount"])
    return amount / settings.hours_per_day if (match["unit"] or "h").startswith("d") else amount


def with_hours(rule: Rule, hours: Mapping[str, Mapping[str, Spread]]) -> Rule:
    """The rule with the auditor's hours in place of its own."""
    own = hours.get(rule.id)
    return replace(rule, cost=replace(rule.cost, **own)) if own and rule.cost else rule


def _parse(data: bytes, origin: str, allowed: frozenset[str]) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise UserError(f"{origin}: larger than {MAX_BYTES // 1024} KB")
    try:
        document = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{origin}: not TOML: {error}") from error
    for key in document:
        if key not in allowed:
            raise UserError(f"{origin}: {key}: no such key here; want {', '.join(sorted(allowed))}")
    return document


def _table(document: Mapping[str, Any], key: str, origin: str) -> dict[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise UserError(f"{origin}: {key}: want a table")
    return value


def _statements(document: Mapping[str, Any], origin: str) -> Statements:
    exclude = document.get("exclude", [])
    if not isinstance(exclude, list) or not all(isinstance(item, str) for item in exclude):
        raise UserError(f"{origin}: exclude: want a list of patterns")
    kinds = _texts(_table(document, "components", origin), f"{origin}: components")
    for root, kind in kinds.items():
        if kind not in _KINDS:
            raise UserError(f"{origin}: components.{root}: want one of {', '.join(sorted(_KINDS))}, got {kind}")
    owners = _texts(_table(document, "owners", origin), f"{origin}: owners")
    return Statements(tuple(exclude), listed_waivers(document.get("waivers", []), origin), kinds, owners)


def _texts(table: Mapping[str, Any], where: str) -> dict[str, str]:
    for key, value in table.items():
        if not isinstance(value, str):
            raise UserError(f"{where}.{key}: want text, got {value!r}")
    return dict(table)


def _settings(table: object, origin: str) -> Settings:
    if not isinstance(table, dict):
        raise UserError(f"{origin}: settings: want a table")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key == "currency" and isinstance(value, str):
            values[key] = value
        elif key in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            values[key] = int(value) if key in {"days_per_year", "horizon_months"} else float(value)
        elif key in {"currency", *_NUMBERS}:
            raise UserError(f"{origin}: settings.{key}: want a number above 0 (currency: text), got {value!r}")
        else:
            raise UserError(f"{origin}: settings.{key}: no such key; want currency, {', '.join(_NUMBERS)}")
    return Settings(**values)


def _hours(table: object, where: str) -> dict[str, Spread]:
    if not isinstance(table, dict) or not set(table) <= {"fixed", "unit_hours"}:
        raise UserError(f"{where}: want fixed and unit_hours, each three rising numbers (low, likely, high)")
    return {key: _spread(value, f"{where}.{key}") for key, value in table.items()}


def _spread(value: object, where: str) -> Spread:
    numbers = value if isinstance(value, list) and len(value) == 3 else []
    if (
        not numbers
        or not all(isinstance(item, int | float) and item > 0 for item in numbers)
        or sorted(numbers) != numbers
    ):
        raise UserError(f"{where}: want three rising numbers (low, likely, high), got {value}")
    return Spread(p10=float(numbers[0]), p50=float(numbers[1]), p90=float(numbers[2]))
