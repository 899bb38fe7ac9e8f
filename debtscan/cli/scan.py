"""`debtscan scan`: audit targets, write the report, print the answer."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from debtscan.advisories.source import Advisories
from debtscan.audit import Opener, Options, audit
from debtscan.cli.advisories import ONLINE, advisories_of
from debtscan.cli.arguments import SEVERITIES, parse_day, parse_severity
from debtscan.cli.cache import cache_directory
from debtscan.cli.outputs import DEFAULT_OUTPUTS, read_report, renderer, write_reports
from debtscan.cli.processes import Processes
from debtscan.cli.progress import progress_line
from debtscan.errors import UserError
from debtscan.formats import terminal
from debtscan.model import Report, Severity
from debtscan.repository import Repository, open_target
from debtscan.rulebook.loading import load_rulebook, rule_directories
from debtscan.rulebook.records import Rulebook
from debtscan.settings import AuditorSettings, hourly_rate, read_auditor_settings

FAILED = 1
_URL_STARTS = ("http://", "https://", "ssh://", "git@", "git://")


class Request(Struct, frozen=True, kw_only=True):
    """The options of one `scan`, as given."""

    targets: tuple[str, ...]
    outputs: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rate: str | None = None
    currency: str | None = None
    config: Path | None = None
    rev: str | None = None
    as_of: str | None = None
    advisories: str | None = None
    baseline: str | None = None
    fail_on: str | None = None
    cache: Path | None = None
    use_cache: bool = True
    offline: bool = False
    quiet: bool = False
    profile: bool = False


def run_scan(request: Request, processes: Processes) -> int:
    """Audit, write and print; return the exit code."""
    started = time.perf_counter()
    outputs = request.outputs or DEFAULT_OUTPUTS
    for output in outputs:
        renderer(output)
    least = parse_severity(request.fail_on)
    auditor = _auditor(request)
    rulebook = load_rulebook([*rule_directories(), *request.rules], request.select, request.ignore)
    with advisories_of(request.advisories, _cache(request), offline=request.offline) as advisories:
        report, seconds = _audit(request, processes, rulebook, auditor, outputs, advisories)
    processes.workers.finish()
    if not any(repository.counts.get("files") for repository in report.repositories):
        return _say_nothing_to_audit(report)
    if not any(_has_python(repository.counts) for repository in report.repositories):
        return _say_nothing_to_audit(report)
    written = write_reports(report, outputs)
    if not request.quiet:
        shown = [_shown(path, size_bytes) for path, size_bytes in written]
        shown[-1] += f"    {time.perf_counter() - started:.1f} s"
        sys.stdout.write(terminal.render(report, shown))
    if request.profile:
        _print_profile(seconds)
    return FAILED if least is not None and _reached(report, least) else 0


def _audit(
    request: Request,
    processes: Processes,
    rulebook: Rulebook,
    auditor: AuditorSettings,
    outputs: Sequence[Path],
    advisories: Advisories | None,
) -> tuple[Report, list[Mapping[str, float]]]:
    day = parse_day(request.as_of)
    with progress_line(request.quiet) as progress:
        options = Options(
            engine=processes.engine,
            workers=processes.workers,
            cache=_cache(request),
            command=command_line(request),
            generated_at=generated_at(day if request.as_of else None),
            progress=progress,
            advisories=advisories,
        )
        baseline = _baseline(request, rulebook, auditor, day, options, outputs)
        return audit(_openers(request, request.rev, outputs), rulebook, auditor, day, options, baseline)


def _cache(request: Request) -> Path | None:
    return cache_directory(request.cache) if request.use_cache else None


def _names(targets: Sequence[str]) -> dict[str, str]:
    """A longer name for each target whose base name another one has: `model (a/model)`."""
    bases = {target: Path(target).resolve().name for target in dict.fromkeys(targets)}
    alike = Counter(bases.values())
    names = {
        target: f"{base} ({Path(target).resolve().parent.name}/{base})"
        for target, base in bases.items()
        if alike[base] > 1
    }
    for base in sorted({bases[target] for target in names}):
        called = [name for target, name in names.items() if bases[target] == base]
        count = "two" if len(called) == 2 else str(len(called))
        sys.stderr.write(f'{count} targets are called "{base}": named {" and ".join(called)}\n')
    return names


def _baseline(
    request: Request,
    rulebook: Rulebook,
    auditor: AuditorSettings,
    day: date,
    options: Options,
    outputs: Sequence[Path],
) -> Report | None:
    """The findings known before: of a saved report, or of the targets at an earlier revision."""
    if request.baseline is None:
        return None
    if Path(request.baseline).is_file():
        return read_report(Path(request.baseline))
    if request.baseline.endswith(".json"):
        raise UserError(f"--baseline {request.baseline}: no such file")
    return audit(_openers(request, request.baseline, outputs), rulebook, auditor, day, options)[0]


def _openers(request: Request, rev: str | None, outputs: Sequence[Path]) -> list[Opener]:
    names = _names(request.targets)
    return [partial(_open, target, names.get(target), request, rev, outputs) for target in request.targets]


def _open(target: str, name: str | None, request: Request, rev: str | None, outputs: Sequence[Path]) -> Repository:
    if request.offline and target.startswith(_URL_STARTS):
        raise UserError(f"{target.rpartition('@')[2]} needs the network, and --offline forbids it. Clone it first")
    repository = open_target(
        target,
        rev=rev,
        exclude=request.exclude,
        own_outputs=[*outputs, *DEFAULT_OUTPUTS],
        cache=_cache(request),
        token=os.environ.get("DEBTSCAN_TOKEN"),
    )
    repository.name = name or repository.name
    return repository


def _auditor(request: Request) -> AuditorSettings:
    """Settings of `--config` or the working directory; a file that lies in a target has no say about prices."""
    here = Path.cwd()
    inside = any(here.is_relative_to(Path(target).expanduser().resolve()) for target in request.targets)
    auditor = AuditorSettings() if request.config is None and inside else read_auditor_settings(request.config)
    settings = auditor.settings
    if request.rate is not None:
        settings = replace(settings, rate_per_hour=hourly_rate(request.rate, settings))
    if request.currency is not None:
        settings = replace(settings, currency=request.currency.upper())
    if settings.rate_per_hour is not None and settings.currency is None:
        raise UserError(f"--rate {request.rate} needs --currency (for example EUR).")
    return replace(auditor, settings=settings)


def _reached(report: Report, least: Severity) -> bool:
    floor = SEVERITIES.index(least)
    return any(
        SEVERITIES.index(finding.severity) >= floor
        for finding in report.findings
        if not finding.known and finding.waived is None
    )


def generated_at(as_of: date | None) -> datetime:
    """SOURCE_DATE_EPOCH when set; else the day named by --as-of, so that a report can be made again byte for byte."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.fromtimestamp(int(epoch), UTC)
    return datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) if as_of else datetime.now(UTC)


def command_line(request: Request) -> str:
    """The command without paths, so that a report tells how it was made and nothing of the machine."""
    parts = ["debtscan scan", "TARGET" if len(request.targets) == 1 else f"TARGET x {len(request.targets)}"]
    named = (("rev", request.rev), ("as-of", request.as_of), ("rate", request.rate), ("currency", request.currency))
    parts += [f"--{name} {value}" for name, value in named if value]
    parts += [f"--select {rule}" for rule in request.select] + [f"--ignore {rule}" for rule in request.ignore]
    parts += ["--rules DIR"] * len(request.rules) + ["--exclude GLOB"] * len(request.exclude)
    if request.advisories is not None:
        parts.append(f"--advisories {ONLINE if request.advisories == ONLINE else 'DIR'}")
    parts += ["--config FILE"] * (request.config is not None) + ["--baseline ..."] * (request.baseline is not None)
    return " ".join(parts)


def _shown(path: Path, size_bytes: int) -> str:
    """`./report.html (184 KB)`: as it can be typed here."""
    place = str(path) if path.is_absolute() or str(path).startswith("..") else f"./{path}"
    return f"{place} ({max(1, round(size_bytes / 1000)):,} KB)"


def _has_python(counts: Mapping[str, int]) -> bool:
    return bool(counts.get("python_files") or counts.get("notebooks"))


def _say_nothing_to_audit(report: Report) -> int:
    for repository in report.repositories:
        files = repository.counts.get("files", 0)
        if not files:
            sys.stdout.write(f"{repository.name} has no commits and no files. Nothing to audit.\n")
            continue
        mostly = next((f", mostly {language}" for language in repository.languages), "")
        sys.stdout.write(
            f"No Python and no notebooks in {repository.name} ({files} files{mostly}). "
            "Nothing to audit; no report written.\n"
        )
    return 0


def _print_profile(seconds: Sequence[Mapping[str, float]]) -> None:
    """Wall time by phase; the parts of measuring stand indented below it."""
    for phases in seconds:
        parts = {phase: spent for phase, spent in phases.items() if phase.startswith(" ")}
        for phase, spent in phases.items():
            if phase in parts:
                continue
            sys.stderr.write(f"  {phase:<20}{spent:8.3f} s\n")
            for part, taken in parts.items() if phase == "measuring" else ():
                sys.stderr.write(f"  {part:<20}{taken:8.3f} s\n")
