"""Rows go in as they are, answers come out as plain values, and failures are sentences."""

from __future__ import annotations

import math
import signal
import sys
from typing import Annotated

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from debtscan.facts import batches as batching
from debtscan.facts.child import connect
from debtscan.facts.engine import Engine, MissingTableError, QueryError
from debtscan.facts.watched import WatchedChild


class Row(Struct, frozen=True):
    path: Annotated[str, "path"]
    size_bytes: Annotated[int | None, "bytes; NULL unknown"] = None
    share: Annotated[float | None, "share; NULL unknown"] = None
    tracked: Annotated[bool | None, "NULL unknown"] = None
    stages: Annotated[tuple[str, ...], "stages"] = ()
    owners: Annotated[tuple[str, ...] | None, "owners; NULL unknown"] = None


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        yield engine


def stored(engine: Engine, rows: list[Row]) -> list[dict[str, object]]:
    engine.load("files", Row, {"shop": rows})
    return engine.ask("SELECT * EXCLUDE (repository) FROM files")


def test_values_come_back_as_they_went_in(engine):
    rows = [
        Row("train.py", 2**62, 0.5, True, ("train", "evaluate"), ("a",)),
        Row("", 0, -1.0, False, (), ()),
        Row("gap\0tab\t'quote\" новый 資料 🐍", None, None, None, (), None),
    ]
    assert stored(engine, rows) == [
        {"path": "train.py", "size_bytes": 2**62, "share": 0.5, "tracked": True}
        | {"stages": ["train", "evaluate"], "owners": ["a"]},
        {"path": "", "size_bytes": 0, "share": -1.0, "tracked": False, "stages": [], "owners": []},
        {"path": "gap\0tab\t'quote\" новый 資料 🐍", "size_bytes": None, "share": None, "tracked": None}
        | {"stages": [], "owners": None},
    ]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
rows = st.builds(
    Row,
    path=text,
    size_bytes=st.none() | st.integers(-(2**63), 2**63 - 1),
    share=st.none() | st.floats(allow_nan=False),
    tracked=st.none() | st.booleans(),
    stages=st.lists(text, max_size=3).map(tuple),
    owners=st.none() | st.lists(text, max_size=2).map(tuple),
)


@given(st.lists(rows, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_come_back_as_they_went_in(engine, rows):
    expected = [
        {name: getattr(row, name) for name in ("path", "size_bytes", "share", "tracked")}
        | {"stages": list(row.stages), "owners": None if row.owners is None else list(row.owners)}
        for row in rows
    ]
    assert stored(engine, rows) == expected


def test_nan_is_unknown(engine):
    assert stored(engine, [Row("a", share=math.nan)])[0]["share"] is None


def test_a_column_whose_first_thousands_are_unknown_keeps_its_late_values(engine):
    engine.load("files", Row, {"shop": [*(Row("a") for _ in range(5000)), Row("b", 7, 0.25, True, ("train",), ("x",))]})
    assert engine.ask("SELECT * EXCLUDE (repository) FROM files WHERE size_bytes IS NOT NULL") == [
        {"path": "b", "size_bytes": 7, "share": 0.25, "tracked": True, "stages": ["train"], "owners": ["x"]}
    ]


def test_a_name_that_is_not_utf8_is_shown_with_escapes(engine):
    name = b"data/\xff.csv".decode(errors="surrogateescape")
    row = stored(engine, [Row("ok.py"), Row(name, stages=(name,))])[1]
    assert (row["path"], row["stages"]) == ("data/\\udcff.csv", ["data/\\udcff.csv"])


def test_rows_of_several_repositories_are_kept_apart_over_batches(engine, monkeypatch):
    monkeypatch.setattr(batching, "ROWS_PER_BATCH", 3)
    engine.load("files", Row, {"b": [Row(f"{n}") for n in range(7)], "empty": [], "a": [Row("x")]})
    assert engine.ask("SELECT repository, path FROM files") == [
        *({"repository": "b", "path": f"{n}"} for n in range(7)),
        {"repository": "a", "path": "x"},
    ]


def test_an_empty_table_is_there_and_a_table_never_loaded_is_not(engine):
    engine.load("notebooks", Row, {"shop": []})
    assert engine.ask("SELECT count(*) AS n FROM notebooks") == [{"n": 0}]
    with pytest.raises(MissingTableError, match=r'^there is no table "steps"$') as missing:
        engine.ask("SELECT * FROM notebooks JOIN steps USING (path)")
    assert missing.value.table == "steps"


def test_loading_again_replaces_a_table(engine):
    engine.load("files", Row, {"shop": [Row("old")]})
    engine.load("files", Row, {"shop": [Row("new")]})
    assert engine.ask("SELECT path FROM files") == [{"path": "new"}]


@pytest.mark.parametrize(
    "row", [Row("a", size_bytes=2**63), Row("a", size_bytes=10**30), Row("a", share="much"), Row(None)]
)
def test_a_value_that_does_not_fit_leaves_the_table_absent(engine, row):
    with pytest.raises(QueryError):
        engine.load("broken", Row, {"shop": [Row("fine"), row]})
    with pytest.raises(MissingTableError):
        engine.ask("SELECT * FROM broken")


def test_answers_are_plain_values(engine):
    (row,) = engine.ask(
        """SELECT 0.5 AS decimal, sum(n) AS hugeint, 10::HUGEINT ** 30 AS huge, DATE '2026-01-31' AS day,
        INTERVAL 3 DAY AS days, [1.5, 2] AS list, {'a': [1]} AS struct, map {'k': 1} AS map, NULL AS nothing,
        sum(n) > 1 AS truth, TIMESTAMP '2026-01-31 10:00' AS moment FROM range(4) t(n)"""
    )
    assert row == {
        "decimal": 0.5,
        "hugeint": 6,
        "huge": 1e30,
        "day": "2026-01-31",
        "days": "3 days, 0:00:00",
        "list": [1.5, 2.0],
        "struct": {"a": [1]},
        "map": {"k": 1},
        "nothing": None,
        "truth": True,
        "moment": "2026-01-31 10:00:00",
    }


def test_the_order_of_a_query_is_kept(engine):
    engine.load("files", Row, {"shop": [Row("b"), Row("c"), Row("a")]})
    assert [row["path"] for row in engine.ask("SELECT path FROM files ORDER BY path DESC")] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELECT pth FROM files", 'Binder Error: Referenced column "pth" not found in FROM clause! Candidate bindings'),
        ("SELECT * FROM files WHERE", "Parser Error: "),
        ("SELECT path AS a, size_bytes AS a FROM files", "two columns of the answer have the same name: a, a"),
        ("SELECT CAST('x' AS INTEGER) AS n", "Conversion Error: Could not convert string 'x' to INT32"),
    ],
)
def test_a_wrong_query_gets_one_line_that_says_why(engine, sql, sentence):
    engine.load("files", Row, {"shop": [Row("a")]})
    with pytest.raises(QueryError) as error:
        engine.ask(sql)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM files", {"files"}),
        ("select * from FILES f join Steps s using (path)", {"files", "steps"}),
        ("WITH mine AS (SELECT * FROM files) SELECT * FROM mine", {"files"}),
        ("WITH files AS (SELECT * FROM files) SELECT * FROM files", {"files"}),
        ("WITH RECURSIVE up AS (SELECT 1 n UNION ALL SELECT n + 1 FROM up WHERE n < 3) SELECT * FROM up", set()),
        (
            "SELECT * FROM files WHERE path IN (SELECT path FROM steps) UNION SELECT * FROM tests",
            {"files", "steps", "tests"},
        ),
        ("SELECT unnest(stages) AS stage, u.s FROM files, unnest(stages) u(s), range(3)", {"files"}),
        ("SELECT format('{} in {:.1f} MB', path, size_bytes / 1e6) FROM files", {"files"}),
        ("SELECT list_filter(stages, lambda s: s <> 'train') FROM files", {"files"}),
        ("SELECT [s for s in stages if s like 't%'], path[1:3], stages[1] FROM files", {"files"}),
        (
            """SELECT path, row_number() OVER (PARTITION BY repository ORDER BY size_bytes DESC NULLS LAST),
            count(*) FILTER (WHERE tracked) OVER w, quantile_cont(size_bytes, 0.9) OVER w FROM files
            WINDOW w AS (PARTITION BY repository) QUALIFY row_number() OVER w = 1""",
            {"files"},
        ),
        (
            """SELECT DISTINCT ON (path) * EXCLUDE (owners) REPLACE (lower(path) AS path),
            CASE WHEN tracked THEN 'yes' ELSE 'no' END, coalesce(share, 0), size_bytes BETWEEN 1 AND 2,
            path NOT LIKE '%.py', regexp_extract(path, '(.*)/', 1), path SIMILAR TO 'a.*', EXISTS (FROM steps)
            FROM files GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 10 OFFSET 2""",
            {"files", "steps"},
        ),
    ],
)
def test_what_rules_need_is_allowed(engine, sql, tables):
    assert engine.check(sql).tables == tables


def test_a_killed_child_is_replaced_with_its_tables():
    with Engine() as engine:
        engine.load("files", Row, {"shop": [Row("a"), Row("b")]})
        engine.load("empty", Row, {})
        engine._child._process.send_signal(signal.SIGKILL)
        engine._child._process.wait()
        assert engine.ask("SELECT path FROM files") == [{"path": "a"}, {"path": "b"}]
        assert engine.ask("SELECT path FROM empty") == []


def test_a_query_cannot_use_more_memory_than_it_may():
    with Engine(memory_bytes=1024**3) as engine, pytest.raises(QueryError, match="more memory than a query may use"):
        engine.ask("SELECT len(range(200000000)) AS n")


def test_an_engine_that_cannot_start_says_so_each_time(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Engine() as engine:
        for _ in range(3):
            with pytest.raises(QueryError, match=r"^the query engine could not be started$"):
                engine.ask("SELECT 1 AS n")


def test_leaving_the_engine_ends_its_process():
    with Engine() as engine:
        process = engine._child._process
    assert process.returncode is not None


def test_the_child_ends_when_nobody_can_ask_it_any_more():
    child = WatchedChild(1024**3)
    child._pipe_out.close()
    assert child._process.wait(timeout=30) == 0
    child.kill()


def test_the_child_imports_nothing_from_the_working_directory(tmp_path, monkeypatch):
    for name in ("duckdb", "msgspec", "numpy"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    with Engine() as engine:
        assert engine.ask("SELECT 1 AS n") == [{"n": 1}]
    assert not (tmp_path / "ran").exists()


LOCKED_OUT = [
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM glob('{file}*')",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "COPY (SELECT 1) TO '{file}.out'",
    "EXPORT DATABASE '{file}.dir'",
    "ATTACH '{file}.duckdb'",
    "SET VARIABLE x = (SELECT content FROM read_text('{file}'))",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET memory_limit = '64GB'",
    "RESET memory_limit",
    "SET python_enable_replacements = true",
    "PRAGMA enable_profiling",
    "SELECT * FROM secret_of_the_caller",
]


@pytest.mark.parametrize("sql", LOCKED_OUT)
def test_settings_lock_out_files_and_extensions_even_without_the_check(tmp_path, sql):
    file = tmp_path / "secret.csv"
    file.write_text("secret\n")
    secret_of_the_caller = {"a": [1]}  # noqa: F841 DuckDB would find it by its name
    with connect(64 * 1024**2) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql.format(file=file)).fetchall()
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.csv"]
