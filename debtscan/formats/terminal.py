"""The summary a scan ends with: the answer, what to do first, where it goes, what was not read, what to type next.

Plain text without colours, at most `width` columns a line. Text of a repository is made visible, so that no file name
moves the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from debtscan.model import Move, Report, RepositorySummary
from debtscan.narrative.answer import answer
from debtscan.narrative.labels import CATEGORIES, priced_categories
from debtscan.narrative.moves import FIRST, NEGLIGIBLE_HOURS, first_moves, next_command
from debtscan.narrative.numbers import (
    UNKNOWN,
    adding_up,
    chance,
    count,
    date,
    decimals_for,
    duration,
    number,
    price,
    price_range,
    short_horizon,
    span,
)
from debtscan.narrative.reading import Reason, asked, manners, not_asked, not_read, not_run
from debtscan.text import cells, clip, visible

INDENT = "  "
LABEL = 13
"""Columns of the labels at the end (NOT READ ...)."""
REPOSITORIES = 5
STOPS = 3
REASONS = 3


def render(report: Report, outputs: Sequence[str] = (), width: int = 80) -> str:
    """The summary, ending with a newline; `outputs` says where the report lies, each as it is to be shown."""
    blocks = [
        _header(report, width),
        _answer(report, width),
        _figures(report),
        _stops(report, width),
        _do_first(report, width),
        _where(report),
        _not(report, width),
        _last(report, outputs, width),
    ]
    lines = "\n\n".join("\n".join(block) for block in blocks if block).split("\n")
    return "\n".join(clip(visible(line), width).rstrip() for line in lines) + "\n"


def _header(report: Report, width: int) -> list[str]:
    shown = [_repository(repository) for repository in report.repositories[:REPOSITORIES]]
    if len(report.repositories) > REPOSITORIES:
        shown.append(f"and {count(len(report.repositories) - REPOSITORIES, 'more repository', 'more repositories')}")
    return [line for text in shown for line in _wrap(text, width, hanging=INDENT)]


def _repository(repository: RepositorySummary) -> str:
    counts = repository.counts
    kinds = [part.kind for part in repository.components[:1] if part.kind != "unknown"]
    size = [count(counts.get("code_lines", 0), "line") + " of Python", count(counts.get("notebooks", 0), "notebook")]
    day = date(repository.committed_at)
    commit = f"{repository.revision[:7]}{f', {day}' if day else ''}" if repository.revision else "no git history"
    changed = f", {count(repository.changed_files, 'changed file')}" if repository.dirty else ""
    return f"{visible(repository.name)}   {commit}{changed}   {', '.join([*kinds, *size])}"


def _answer(report: Report, width: int) -> list[str]:
    text = answer(report)
    return _wrap(f"{text.headline} {text.standfirst}", width - 4, INDENT, INDENT)


def _figures(report: Report) -> list[str]:
    repay, waiting, settings = report.totals.principal_hours, report.totals.interest_hours_per_month, report.settings
    rebuilt = _rebuildable(report)
    if not repay.mean:
        return rebuilt
    per_day = settings.hours_per_day if duration(repay.mean, settings).endswith(("day", "days")) else 1.0
    lines = [
        *rebuilt,
        _figure(
            "To repay", duration(repay.mean, settings), span(repay.p10 / per_day, repay.p90 / per_day),
            price(repay.mean, settings), price_range(repay, settings),
        )
    ]  # fmt: skip
    if waiting is None:
        lines.append(_figure("Waiting", "not known: no change history was read"))
    elif waiting.mean < NEGLIGIBLE_HOURS:
        lines.append(_figure("Waiting", "0 h/month"))
    else:
        lines.append(
            _figure(
                "Waiting", f"{number(waiting.mean)} h/month", span(waiting.p10, waiting.p90),
                price(waiting.mean, settings), price_range(waiting, settings),
            )
        )  # fmt: skip
    return [*lines, f"{INDENT}8 in 10 chance inside a range."]


def _rebuildable(report: Report) -> list[str]:
    told = report.totals.rebuildable
    return (
        [f"{INDENT}{'Rebuildable':<12}{told['yes']} of {count(sum(told.values()), 'training entry point')}"]
        if told
        else []
    )


def _figure(label: str, value: str, reach: str = "", money: str | None = None, money_reach: str | None = None) -> str:
    return f"{INDENT}{label:<12}{value:<13} {reach:<12}{money or '':<9} {money_reach or ''}"


def _stops(report: Report, width: int) -> list[str]:
    urgent = [finding for finding in report.findings if finding.severity == "critical" and not finding.waived]
    lines = [line for finding in urgent[:STOPS] for line in _labelled("TODAY", finding.message, width)[:3]]
    more = [f"{INDENT}{'':<{LABEL}}and {len(urgent) - STOPS} more"] if len(urgent) > STOPS else []
    return [*lines, *more]


def _do_first(report: Report, width: int) -> list[str]:
    moves, known = first_moves(report), report.totals.interest_hours_per_month is not None
    if not known:
        moves = report.moves[:FIRST]
    if not moves:
        return []
    head = "DO FIRST" if known else "WHAT COULD BE DONE"
    pays, within = ("pays back", f"within {short_horizon(report.settings)}") if known else ("", "")
    room = width - len(INDENT) - 28 - 1
    lines = [f"{INDENT}{head:<{room}}{'hours':>11}{pays:>17}", f"{INDENT}{'':<{room}}{'(8 in 10)':>11}{within:>17}"]
    for rank, move in enumerate(moves, 1):
        lines += _move(str(rank) if known else "-", move, room, known)
    return lines


def _move(mark: str, move: Move, room: int, known: bool) -> list[str]:
    likely = chance(move.payback.p_within_horizon) if move.payback and known else ""
    hours = span(move.principal_hours.p10, move.principal_hours.p90)
    title, *rest = _wrap(f"{mark} {move.title}", room - 1, hanging="  ")
    detail = [f"{INDENT}  {move.detail}"] if move.detail else []
    return [f"{INDENT}{_fit(title, room)}{hours:>11}{likely:>17}", *(INDENT + line for line in _two(rest)), *detail]


def _two(rest: Sequence[str]) -> list[str]:
    """The second line of a title, and a sign that there are more."""
    return [f"{line}…" if len(rest) > 1 else line for line in rest[:1]]


def _where(report: Report) -> list[str]:
    lines = priced_categories(report)
    if not lines:
        return []
    total, waiting = report.totals.principal_hours.mean, report.totals.interest_hours_per_month
    decimals = decimals_for(total)
    means = adding_up([line.principal_hours_mean for line in lines], total, decimals)
    waits = adding_up(
        [line.interest_hours_per_month_mean or 0.0 for line in lines], waiting.mean if waiting else 0.0, 1
    )
    rows = [("WHERE IT GOES", "hours", "h/month", "findings")]
    for line, mean, wait in zip(lines, means, waits, strict=True):
        unknown = line.interest_hours_per_month_mean is None
        waited = UNKNOWN if unknown else f"{wait:.1f}"
        rows.append((CATEGORIES[line.key], f"{mean:,.{decimals}f}", waited, f"{line.findings:,}"))
    findings = sum(line.findings for line in lines)
    rows.append(("", f"{total:,.{decimals}f}", f"{waiting.mean:.1f}" if waiting else UNKNOWN, f"{findings:,}"))
    return [f"{INDENT}{name:<24}{hours:>8}{month:>9}{amount:>11}" for name, hours, month, amount in rows]


def _not(report: Report, width: int) -> list[str]:
    """Not read, not asked, not run: never left out, so that silence means nothing was missing."""
    lines: list[str] = []
    if gaps := not_read(report):
        lines += _labelled("NOT READ", _reasons(gaps, "place"), width)
    if vulnerabilities := not_asked(report):
        lines += _labelled("NOT ASKED", vulnerabilities, width)
    elif source := asked(report):
        lines += _labelled("ASKED", source, width)
    if skipped := not_run(report):
        rules = len({rule for reason in skipped for rule in reason.items})
        text = f"{rules} of {count(report.rulebook.rules, 'rule')}: {_reasons(skipped, 'rule')}"
        lines += _labelled("NOT RUN", text, width)
    return lines


def _reasons(reasons: Sequence[Reason], noun: str) -> str:
    parts = [
        f"{reason.why} ({reason.items[0] if reason.count == 1 else count(reason.count, noun)})"
        for reason in reasons[:REASONS]
    ]
    more = len(reasons) - len(parts)
    return "; ".join([*parts, f"{count(more, 'more reason')}"] if more else parts)


def _last(report: Report, outputs: Sequence[str], width: int) -> list[str]:
    lines = _wrap(f"Report: {', '.join(outputs)}", width, hanging=" " * 8) if outputs else []
    if report.settings.rate_per_hour is None and report.totals.principal_hours.mean:
        lines.append("Money: add --rate 92/h --currency EUR")
    return [*lines, f"{manners(report)} Next: {next_command(report)}"]


def _labelled(label: str, text: str, width: int) -> list[str]:
    return _wrap(f"{label:<{LABEL - 2}}{text}", width, INDENT, " " * LABEL)


def _fit(text: str, width: int) -> str:
    """The text in exactly `width` columns."""
    text = clip(visible(text), width - 1)
    return text + " " * (width - cells(text))


def _wrap(text: str, width: int, first: str = "", hanging: str = "") -> list[str]:
    """Lines of at most `width` columns, broken at spaces, and inside a word that is wider; wide characters count two."""
    lines, line = [], first
    for word in _words(visible(text)):
        part = word if line.strip() else word.lstrip()
        whole = cells(hanging + word.lstrip()) <= width
        if cells(line + part) > width and line.strip() and whole:
            lines.append(line)
            line, part = hanging, word.lstrip()
        while cells(line + part) > width:
            room = _letters(part, width - cells(line))
            lines.append(line + part[:room])
            line, part = hanging, part[room:]
        line += part
    return [*lines, line]


def _letters(text: str, width: int) -> int:
    """How many letters of the text fit; at least one, so that a narrow terminal ends as well."""
    return max(1, len(clip(text, width + 1)) - 1)


def _words(text: str) -> Iterable[str]:
    """Each word with the spaces before it."""
    start = 0
    for at in range(1, len(text)):
        if text[at] == " " and text[at - 1] != " ":
            yield text[start:at]
            start = at
    yield text[start:]
