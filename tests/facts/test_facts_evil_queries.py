"""Whatever a query tries, it is refused or stopped in time, and the next question is answered."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import Struct

from debtscan.facts.engine import Engine, QueryError, QueryTimeoutError

BUDGET_S = 0.25


class File(Struct, frozen=True):
    path: Annotated[str, "path"]
    size_bytes: Annotated[int, "bytes"]


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        engine.load("files", File, {"shop": [File(f"src/{n}.py", n) for n in range(3000)]})
        yield engine


@pytest.fixture(autouse=True)
def next_question_is_answered(engine):
    yield
    assert engine.ask("SELECT count(*) AS n, sum(size_bytes) AS s FROM files") == [{"n": 3000, "s": 4498500}]


REFUSED = {
    # files
    "SELECT * FROM read_csv('/etc/hostname')": 'table function "read_csv" is not allowed',
    "SELECT * FROM read_csv_auto('/etc/hostname')": "is not allowed",
    "SELECT * FROM sniff_csv('/etc/hostname')": "is not allowed",
    "SELECT * FROM '/etc/hostname'": "is not the name of a table",
    "SELECT * FROM 'facts.parquet'": "is not the name of a table",
    "SELECT * FROM read_text('/etc/hostname')": "is not allowed",
    "SELECT * FROM read_blob('/etc/hostname')": "is not allowed",
    "SELECT * FROM read_parquet('/tmp/x')": "is not allowed",
    "SELECT * FROM parquet_metadata('/tmp/x')": "is not allowed",
    "SELECT * FROM read_json('/tmp/x')": "is not allowed",
    "SELECT * FROM read_json_auto('/tmp/x')": "is not allowed",
    "SELECT * FROM read_ndjson('/tmp/x')": "is not allowed",
    "SELECT * FROM glob('/etc/*')": "is not allowed",
    "SELECT * FROM read_duckdb('/tmp/x')": "is not allowed",
    "COPY files TO '/tmp/stolen.csv'": "exactly one SELECT",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'": "exactly one SELECT",
    "COPY files FROM '/etc/hostname'": "exactly one SELECT",
    "EXPORT DATABASE '/tmp/stolen'": "exactly one SELECT",
    "IMPORT DATABASE '/tmp/stolen'": "exactly one SELECT",
    "ATTACH '/tmp/x.duckdb'": "exactly one SELECT",
    "ATTACH ':memory:' AS other": "exactly one SELECT",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/hostname'')')": "is not allowed",
    "SELECT * FROM query_table('files')": "is not allowed",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))": "is not allowed",
    "SELECT json_serialize_sql('SELECT 1')": "is not allowed",
    # extensions, settings, secrets, the environment
    "INSTALL httpfs": "exactly one SELECT",
    "LOAD httpfs": "exactly one SELECT",
    "FORCE INSTALL httpfs": "exactly one SELECT",
    "SET memory_limit = '64GB'": "exactly one SELECT",
    "SET lock_configuration = false": "exactly one SELECT",
    "SET enable_external_access = true": "exactly one SELECT",
    "RESET memory_limit": "exactly one SELECT",
    "PRAGMA database_list": "exactly one SELECT",
    "PRAGMA enable_profiling": "exactly one SELECT",
    "SET VARIABLE x = (SELECT content FROM read_text('/etc/hostname'))": "exactly one SELECT",
    "SELECT getvariable('x')": "is not allowed",
    "CALL enable_logging()": "exactly one SELECT",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a')": "exactly one SELECT",
    "SELECT * FROM duckdb_secrets()": "is not allowed",
    "SELECT getenv('HOME')": 'function "getenv" is not allowed',
    "SELECT current_setting('memory_limit')": "is not allowed",
    "SELECT * FROM duckdb_settings()": "is not allowed",
    "SELECT * FROM duckdb_functions()": "is not allowed",
    "SELECT * FROM duckdb_logs()": "is not allowed",
    "SELECT * FROM pragma_version()": "is not allowed",
    "SELECT write_log('x')": "is not allowed",
    "SELECT * FROM pandas_scan(1)": "is not allowed",
    "SELECT * FROM arrow_scan(1, 2, 3)": "is not allowed",
    # what settings alone would let through
    "DROP TABLE files": "exactly one SELECT",
    "DELETE FROM files": "exactly one SELECT",
    "UPDATE files SET size_bytes = 0": "exactly one SELECT",
    "INSERT INTO files VALUES ('a', 'b', 1)": "exactly one SELECT",
    "CREATE TABLE mine AS SELECT 1": "exactly one SELECT",
    "CREATE MACRO f(x) AS x": "exactly one SELECT",
    "SELECT 1; DROP TABLE files": "exactly one SELECT",
    "": "exactly one SELECT",
    "-- nothing": "exactly one SELECT",
    "CHECKPOINT": "exactly one SELECT",
    "VACUUM": "exactly one SELECT",
    "BEGIN": "exactly one SELECT",
    "EXPLAIN SELECT 1": "exactly one SELECT",
    "PREPARE p AS SELECT 1": "exactly one SELECT",
    "SHOW TABLES": "DESCRIBE, SHOW or SUMMARIZE is not allowed",
    "DESCRIBE files": "DESCRIBE, SHOW or SUMMARIZE is not allowed",
    "SUMMARIZE files": "DESCRIBE, SHOW or SUMMARIZE is not allowed",
    "SELECT * FROM (SHOW TABLES)": "DESCRIBE, SHOW or SUMMARIZE is not allowed",
    "PIVOT files ON path": "exactly one SELECT",
    "SELECT * FROM (PIVOT files ON path USING count(*))": "exactly one SELECT",
    "SELECT $1": "parameter is not allowed",
    "SELECT * FROM main.files": "without schema and catalog",
    "SELECT * FROM memory.main.files": "without schema and catalog",
    "SELECT * FROM information_schema.tables": "without schema and catalog",
    "SELECT pg_catalog.pg_sleep(1)": "without schema and catalog",
    # answers that change from run to run
    "SELECT random()": 'function "random" is not allowed',
    "SELECT uuid()": "is not allowed",
    "SELECT gen_random_uuid()": "is not allowed",
    "SELECT now()": "is not allowed",
    "SELECT today()": "is not allowed",
    "SELECT current_timestamp": "its answer would change",
    "SELECT current_date": "its answer would change",
    "SELECT user": "its answer would change",
    "SELECT * FROM files TABLESAMPLE 10%": "its answer would change",
    "SELECT * FROM files USING SAMPLE 3": "its answer would change",
    "SELECT nextval('s')": "is not allowed",
    "SELECT sleep_ms(60000)": "is not allowed",
    # gigabytes from one letter
    "SELECT length(repeat('a', 2000000000))": 'function "repeat" is not allowed',
    "SELECT length(repeat(repeat('a', 50000), 50000))": "is not allowed",
    "SELECT length(lpad('a', 2000000000, 'b'))": "is not allowed",
    "SELECT length(rpad('a', 2000000000, 'b'))": "is not allowed",
    "SELECT length(format('{:>2000000000}', 'x'))": "field widths of at most two digits",
    "SELECT length(format('{:>{}}', 'x', 2000000000))": "field widths of at most two digits",
    "SELECT length(printf('%2000000000d', 1))": "field widths of at most two digits",
    "SELECT length(printf('%*d', 2000000000, 1))": "field widths of at most two digits",
    "SELECT format(path) FROM files": "has to be a constant text",
    "SELECT 'x'::JSON": 'type "JSON" is not allowed',
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_reaches_beyond_the_facts_is_refused(engine, sql):
    with pytest.raises(QueryError) as refusal:
        engine.check(sql)
    assert REFUSED[sql] in str(refusal.value)
    assert "\n" not in str(refusal.value)


SYSTEM_VIEWS = [
    "duckdb_tables",
    "duckdb_settings",
    "duckdb_secrets",
    "sqlite_master",
    "pragma_database_list",
    "pg_tables",
]


@pytest.mark.parametrize("view", SYSTEM_VIEWS)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM {view}",
        "WITH {view} AS (SELECT * FROM {view}) SELECT * FROM {view}",
        "SELECT * FROM (WITH {view} AS (SELECT 1) SELECT * FROM {view}) a, {view} b",
        "WITH a AS (SELECT * FROM {view}), {view} AS (SELECT 1) SELECT * FROM a",
        "SELECT (SELECT count(*) FROM {view}) FROM files",
    ],
    ids=["plain", "hidden by itself", "hidden elsewhere", "hidden later", "in an expression"],
)
def test_a_system_view_is_a_table_that_is_not_there(engine, sql, view):
    with pytest.raises(QueryError, match=f'there is no table "{view}"'):
        engine.ask(sql.format(view=view))


def nested(opening: str, core: str, closing: str, times: int) -> str:
    return f"SELECT {opening * times}{core}{closing * times}"


STOPPED = {
    "a cross join": "SELECT count(*) AS n FROM files a, files b, files c, files d WHERE a.path || b.path < c.path || d.path",
    "an endless recursion": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r) SELECT count(*) AS n FROM r",
    "a long range": "SELECT len(range(2000000000)) AS n",
    "a longer range": "SELECT sum(n) AS n FROM range(10000000000000) t(n)",
    "a list of everything": "SELECT list(a.path || b.path || c.path) AS n FROM files a, files b, files c",
    "a text of everything": "SELECT string_agg(a.path || b.path || c.path) AS n FROM files a, files b, files c",
    "a text that doubles": "SELECT list_reduce(range(40)::VARCHAR[], lambda a, b: a || a || b) AS n FROM files",
    "a list that doubles": "SELECT len(list_reduce([range(1000) for x in range(40)], lambda a, b: a || a)) AS n",
    "replacing each letter": "SELECT length(list_reduce([path for x in range(12)], "
    "lambda a, b: regexp_replace(a, '.', a, 'g'))) AS n FROM files",
    "a slow regular expression": "SELECT count(*) AS n FROM files a, files b, files c "
    "WHERE regexp_matches(a.path || b.path || c.path, '(.*a){20}(.*b){20}')",
    "an edit distance": "SELECT max(levenshtein(a.t, b.t)) AS n FROM (SELECT string_agg(path) t FROM files) a, "
    "(SELECT string_agg(path || 'x') t FROM files) b, range(50)",
    "too many rows": "SELECT a.path FROM files a, files b",
    "too many bytes": "SELECT (SELECT string_agg(path) FROM files) AS t FROM files a, range(10)",
}


@pytest.mark.parametrize("name", STOPPED)
def test_what_would_not_end_is_stopped(engine, name):
    engine.check(STOPPED[name])
    with pytest.raises(QueryError):
        engine.ask(STOPPED[name], BUDGET_S)


BOMBS = {
    "unclosed texts": "SELECT " + "'a" * 30_001,
    "parentheses": nested("(", "1", ")", 32_000),
    "open parentheses": "SELECT " + "(" * 65_000,
    "sub-selects": nested("(SELECT ", "1", ")", 6_000),
    "lists": nested("[", "1", "]", 32_000),
    "NOT": nested("NOT ", "true", "", 15_000),
    "minus": nested("- ", "1", "", 32_000),
    "casts": "SELECT 1" + "::INT" * 12_000,
    "functions": nested("abs(", "1", ")", 12_000),
    "a long sum": "SELECT 1" + "+1" * 32_000,
    "unions": "SELECT 1" + " UNION SELECT 1" * 4_000,
    "joins": "SELECT 1 FROM files" + ", files" * 9_000,
    "CASE": nested("CASE WHEN true THEN ", "1", " END", 2_500),
}


@pytest.mark.parametrize("name", BOMBS)
def test_deep_nesting_is_refused_or_fails_and_harms_nobody(engine, name):
    with pytest.raises(QueryError):
        engine.ask(BOMBS[name], BUDGET_S)


@pytest.mark.parametrize(
    "sql", ["SELECT '" + "x" * 65_536 + "'", "(" * 200_000, "SELECT 1 IN (" + "1," * 250_000 + "1)"]
)
def test_a_query_of_more_than_64_kilobytes_is_not_even_parsed(engine, sql):
    with pytest.raises(QueryError, match="at most 65536 are read"):
        engine.check(sql)


def test_one_query_that_kills_the_checker_does_not_condemn_the_others(engine):
    good = [f"SELECT path, {n} AS n FROM files" for n in range(3)]
    # How deep a tree may be before it is refused depends on the Python version; what stands beside it does not.
    first, _, second, refused, third = engine.check_all([good[0], BOMBS["joins"], good[1], "DROP TABLE files", good[2]])
    assert [getattr(check, "tables", None) for check in (first, second, third)] == [{"files"}] * 3
    assert isinstance(refused, QueryError)


def test_a_slow_query_raises_a_timeout_that_names_the_budget(engine):
    with pytest.raises(QueryTimeoutError, match=r"^it was stopped after 0\.3 seconds without an answer$"):
        engine.ask(STOPPED["a cross join"], 0.3)
