"""The commands and their options; each command's work is in a module of its own, imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from debtscan import __version__
from debtscan.cli.arguments import REPORT

app = typer.Typer(
    name="debtscan",
    help="Audit machine-learning repositories for technical debt, and price it with an honest range.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cache = typer.Typer(help="The cache of files already read.", no_args_is_help=True)
app.add_typer(cache, name="cache")

Rules = Annotated[list[Path] | None, typer.Option("--rules", metavar="DIR", help="More rules, one YAML file each.")]
Select = Annotated[list[str] | None, typer.Option(metavar="RULE", help="Ask only this rule (repeatable).")]
Ignore = Annotated[list[str] | None, typer.Option(metavar="RULE", help="Do not ask this rule (repeatable).")]
Rev = Annotated[str | None, typer.Option(metavar="REV", help="Read this revision instead of the disk.")]
Exclude = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Leave these files out (repeatable).")]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="Day that ages count from (default: today, UTC).")]
AdvisorySource = Annotated[
    str | None,
    typer.Option(
        "--advisories",
        metavar="online|DIR|ZIP",
        help="Ask for known vulnerabilities: in a folder or zip of OSV records, or online, which sends names and versions "
        "of packages (default: nobody is asked).",
    ),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Worker processes (default: one per processor).")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Read every file again and remember nothing.")]
CacheDir = Annotated[Path | None, typer.Option("--cache", metavar="DIR", help="Where the cache lies.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here.")]
ReportFile = Annotated[Path, typer.Argument(metavar="REPORT", help="A saved report.")]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"debtscan {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Audit machine-learning repositories for technical debt, and price it with an honest range."""


@app.command()
def scan(
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET...", help="Work tree, bare repository, folder, archive or clone URL.")
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="FILE", help="Report to write, format by suffix (repeatable)."),
    ] = None,
    rules: Rules = None,
    select: Select = None,
    ignore: Ignore = None,
    exclude: Exclude = None,
    rate: Annotated[
        str | None, typer.Option(metavar="92/h", help="Price of an hour (92/h) or a day (736/day).")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="EUR", help="Currency of the rate.")] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your settings (default: ./debtscan.toml).")
    ] = None,
    rev: Rev = None,
    as_of: AsOf = None,
    advisories: AdvisorySource = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="FILE|REV", help="Saved report or revision whose findings are known.")
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="Exit with 1 on a new finding of this severity or worse.")
    ] = None,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
    offline: Annotated[bool, typer.Option("--offline", help="Refuse what needs the network.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print neither progress nor summary.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say where the time went.")] = False,
) -> int:
    """Audit one repository, or a handful into one report.

    Nothing of a target is run, and nothing is written to it. Without -o the report is debtscan-report.html and
    debtscan-report.json in the working directory.
    """
    from debtscan.cli.processes import started  # keeps --help fast

    with started(jobs) as processes:
        from debtscan.cli.scan import Request, run_scan

        request = Request(
            targets=tuple(targets),
            outputs=tuple(output or ()),
            rules=tuple(rules or ()),
            select=tuple(select or ()),
            ignore=tuple(ignore or ()),
            exclude=tuple(exclude or ()),
            rate=rate,
            currency=currency,
            config=config,
            rev=rev,
            as_of=as_of,
            advisories=advisories,
            baseline=baseline,
            fail_on=fail_on,
            cache=None if no_cache else cache_dir,
            use_cache=not no_cache,
            offline=offline,
            quiet=quiet,
            profile=profile,
        )
        return run_scan(request, processes)


@app.command()
def facts(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="What to measure, as for scan.")],
    rev: Rev = None,
    sql: Annotated[str | None, typer.Option("--sql", metavar="QUERY", help="One SELECT over the fact tables.")] = None,
    format_: Annotated[str, typer.Option("--format", metavar="table|json|csv", help="How rows are printed.")] = "table",
    output: Output = None,
    exclude: Exclude = None,
    as_of: AsOf = None,
    advisories: AdvisorySource = None,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> int:
    """Measure a repository and show its fact tables, without judging them.

    -o x.duckdb writes one database, -o dir/ a Parquet file for each table, -o x.json or x.csv the rows of the query.
    """
    from debtscan.cli.facts import FactsRequest, run_facts

    return run_facts(
        FactsRequest(
            target,
            rev,
            sql,
            format_,
            output,
            tuple(exclude or ()),
            as_of,
            jobs,
            not no_cache,
            cache_dir,
            advisories,
        )
    )


@app.command("rules")
def list_rules(
    rules: Rules = None,
    format_: Annotated[str, typer.Option("--format", metavar="table|json", help="How they are printed.")] = "table",
) -> int:
    """List the rules."""
    from debtscan.cli.rules import run_rules

    return run_rules(tuple(rules or ()), format_)


@app.command("test-rules")
def test_rules(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of rule files.")],
) -> int:
    """Run the examples inside rule files."""
    from debtscan.cli.rules import run_test_rules

    return run_test_rules(directory)


@app.command()
def explain(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A rule; or of a report a finding or an estimate.")],
    report: Annotated[Path | None, typer.Argument(metavar="REPORT", help="A saved report.")] = None,
    rules: Rules = None,
) -> int:
    """Explain a rule, or a finding or estimate of a saved report."""
    from debtscan.cli.explain import run_explain

    return run_explain(id_, report, tuple(rules or ()))


@app.command()
def render(
    output: Annotated[list[Path], typer.Option("-o", "--output", metavar="FILE", help="What to write (repeatable).")],
    report: ReportFile = REPORT,
) -> int:
    """Make another format of a saved report."""
    from debtscan.cli.outputs import run_render

    return run_render(report, tuple(output))


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to build it; must not exist.")] = Path(
        "debtscan-demo"
    ),
) -> int:
    """Build a small repository full of debt, and audit it."""
    from debtscan.cli.demo import run_demo

    return run_demo(directory)


@app.command()
def schema() -> int:
    """Print the JSON Schema of report.json."""
    from debtscan.formats.json import schema as report_schema

    typer.echo(report_schema().decode(), nl=False)
    return 0


@cache.command("path")
def cache_path(cache_dir: CacheDir = None) -> int:
    """Print where the cache lies."""
    from debtscan.cli.cache import cache_directory

    typer.echo(cache_directory(cache_dir))
    return 0


@cache.command("size")
def cache_size(cache_dir: CacheDir = None) -> int:
    """Print how large the cache is."""
    from debtscan.cli.cache import run_size

    return run_size(cache_dir)


@cache.command("clear")
def cache_clear(cache_dir: CacheDir = None) -> int:
    """Delete the cache: facts of every repository scanned, and clones of URLs."""
    from debtscan.cli.cache import run_clear

    return run_clear(cache_dir)
