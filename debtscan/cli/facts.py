"""`debtscan facts`: the fact tables, or one query over them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from debtscan.audit import moment
from debtscan.cli.advisories import advisories_of
from debtscan.cli.arguments import default_jobs, parse_day
from debtscan.cli.cache import cache_directory
from debtscan.cli.outputs import DEFAULT_OUTPUTS, write_file
from debtscan.errors import UserError
from debtscan.facts import export
from debtscan.repository import open_target
from debtscan.scan import Facts, Workers, scan
from debtscan.scan.registry import row_types

_FORMATS = ("table", "json", "csv")


class FactsRequest(Struct, frozen=True):
    """The options of one `facts`, as given."""

    target: str
    rev: str | None
    sql: str | None
    format: str
    output: Path | None
    exclude: tuple[str, ...]
    as_of: str | None
    jobs: int | None
    use_cache: bool
    cache: Path | None
    advisories: str | None


def run_facts(request: FactsRequest) -> int:
    if request.format not in _FORMATS:
        raise UserError(f"--format {request.format}: want one of {', '.join(_FORMATS)}")
    name, facts = _measure(request)
    types = row_types()
    tables: dict[str, export.Table] = {
        table: (types[table], {name: rows}) for table, rows in facts.tables.items() if table in types
    }
    output = request.output
    if output is not None and output.suffix == ".duckdb":
        export.write_database(output, tables)
    elif output is not None and (str(output).endswith("/") or output.is_dir() or not output.suffix):
        export.write_parquet(output, tables)
    else:
        _print_rows(*_rows(request, tables, facts), request)
    return 0


def _measure(request: FactsRequest) -> tuple[str, Facts]:
    directory = cache_directory(request.cache) if request.use_cache else None
    with (
        advisories_of(request.advisories, directory) as advisories,
        Workers(request.jobs or default_jobs()) as workers,
        open_target(
            request.target,
            rev=request.rev,
            exclude=request.exclude,
            own_outputs=DEFAULT_OUTPUTS,
            cache=directory,
            token=os.environ.get("DEBTSCAN_TOKEN"),
        ) as repository,
    ):
        as_of = moment(parse_day(request.as_of))
        return repository.name, scan(repository, as_of, workers=workers, cache=directory, advisories=advisories)


def _rows(
    request: FactsRequest, tables: Mapping[str, export.Table], facts: Facts
) -> tuple[list[dict[str, object]], list[str]]:
    """The rows asked for; without a query one row a table."""
    if request.sql is None:
        names = sorted({*tables, *facts.missing})
        rows: list[dict[str, object]] = [
            {
                "table": table,
                "rows": len(facts.tables[table]) if table in tables else None,
                "missing": facts.missing.get(table),
            }
            for table in names
        ]
        return rows, ["table", "rows", "missing"]
    from debtscan.facts.engine import Engine

    with Engine() as engine:
        for table in sorted(engine.check(request.sql).tables & tables.keys()):
            engine.load(table, *tables[table])
        rows = engine.ask(request.sql)
    return rows, list(rows[0]) if rows else []


def _print_rows(rows: list[dict[str, object]], names: list[str], request: FactsRequest) -> None:
    suffix = request.output.suffix.lstrip(".") if request.output else ""
    kind = suffix if suffix in _FORMATS else request.format
    if kind == "json":
        text = export.to_json(rows)
    elif kind == "csv":
        text = export.to_csv(rows, names)
    else:
        text = export.to_text(rows, names) if names else "no rows\n"
    if request.output:
        write_file(request.output, text.encode())
    else:
        sys.stdout.write(text)
