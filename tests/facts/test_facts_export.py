"""Tables and answers leave as they are, readable by other programs and harmless to a terminal."""

from __future__ import annotations

import csv
import json
from typing import Annotated

import duckdb
import pytest
from msgspec import Struct

from debtscan.errors import UserError
from debtscan.facts.export import (
    column_names,
    records,
    to_csv,
    to_frame,
    to_json,
    to_text,
    write_database,
    write_parquet,
)


class File(Struct, frozen=True):
    path: Annotated[str, "the file's path"]
    size_bytes: Annotated[int | None, "bytes; NULL unknown"]
    stages: Annotated[tuple[str, ...], "stages"] = ()


FILES = (File, {"shop": [File("a.py", 3, ("train", "serve")), File("b.bin", None)], "bank": [File("c.py", 40)]})
ROWS = [
    {"repository": "shop", "path": "a.py", "size_bytes": 3, "stages": ["train", "serve"]},
    {"repository": "shop", "path": "b.bin", "size_bytes": None, "stages": []},
    {"repository": "bank", "path": "c.py", "size_bytes": 40, "stages": []},
]
NAMES = ["repository", "path", "size_bytes", "stages"]
HOSTILE = [{"path": 'a\x1b[2J\u202e,"\n\udcff.py', "n": 1}]


def test_records_begin_with_the_repository():
    assert records(FILES) == ROWS
    assert column_names(FILES) == NAMES


def test_json_is_an_array_of_objects():
    assert json.loads(to_json(ROWS)) == ROWS
    assert json.loads(to_json([])) == []


def test_json_of_hostile_text_is_one_safe_line_an_object():
    text = to_json(HOSTILE)
    assert text == '[\n{"path":"a\\u001b[2J\\u202e,\\"\\n\\\\udcff.py","n":1}\n]\n'


def test_csv_has_a_header_and_empty_unknowns():
    assert to_csv(ROWS, NAMES) == (
        'repository,path,size_bytes,stages\nshop,a.py,3,"[""train"",""serve""]"\nshop,b.bin,,[]\nbank,c.py,40,[]\n'
    )


def test_hostile_text_stays_in_its_csv_cell():
    lines = list(csv.reader(to_csv(HOSTILE, ["path", "n"]).splitlines(keepends=True)))
    assert lines == [["path", "n"], ['a\x1b[2J\u202e,"\n\\udcff.py', "1"]]


def test_text_is_aligned_with_numbers_to_the_right():
    assert to_text(ROWS, NAMES) == (
        "repository  path   size_bytes  stages\n"
        "----------  -----  ----------  -----------------\n"
        'shop        a.py            3  ["train","serve"]\n'
        "shop        b.bin              []\n"
        "bank        c.py           40  []\n"
    )


def test_text_moves_no_cursor_and_cuts_long_values():
    assert to_text([*HOSTILE, {"path": "資料/" + "x" * 80, "n": None}], ["path", "n"], max_cell=40) == (
        "path                                      n\n"
        "----------------------------------------  -\n"
        'a\\u001b[2J\\u202e,"\\n\\udcff.py             1\n'
        "資料/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\n"
    )


def test_text_of_no_rows_is_a_header():
    assert to_text([], ["path", "n"]) == "path  n\n----  -\n"


def test_a_frame_has_the_same_columns_and_rows():
    frame = to_frame(ROWS, NAMES)
    assert list(frame.columns) == NAMES
    assert frame["path"].tolist() == ["a.py", "b.bin", "c.py"]
    assert list(to_frame([], NAMES).columns) == NAMES


def test_the_database_holds_every_table_with_comments_on_its_columns(tmp_path):
    target = tmp_path / "facts.duckdb"
    target.write_text("an older file")
    write_database(target, {"files": FILES, "empty": (File, {})})
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute("SELECT * FROM files").fetchall() == [tuple(row.values()) for row in ROWS]
        assert connection.execute("SELECT count(*) FROM empty").fetchall() == [(0,)]
        described = connection.execute(
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = 'files'"
        ).fetchall()
    assert described == [
        ("repository", "VARCHAR", False, "Name of the repository the row is about."),
        ("path", "VARCHAR", False, "the file's path"),
        ("size_bytes", "BIGINT", True, "bytes; NULL unknown"),
        ("stages", "VARCHAR[]", False, "stages"),
    ]
    assert [entry.name for entry in tmp_path.iterdir()] == ["facts.duckdb"]


def test_parquet_files_are_named_after_their_tables(tmp_path):
    target = tmp_path / "it's new" / "facts"
    write_parquet(target, {"files": FILES, "empty": (File, {})})
    assert sorted(entry.name for entry in target.iterdir()) == ["empty.parquet", "files.parquet"]
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(target / "files.parquet")]).fetchall()
        empty = connection.execute("SELECT * FROM read_parquet(?)", [str(target / "empty.parquet")])
        assert [name for name, *_ in empty.description] == NAMES
    assert found == [tuple(row.values()) for row in ROWS]


def test_parquet_files_of_the_same_facts_have_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_parquet(tmp_path / name, {"files": FILES})
    assert (tmp_path / "a/files.parquet").read_bytes() == (tmp_path / "b/files.parquet").read_bytes()


def test_a_file_in_the_place_of_the_folder_is_the_users_error(tmp_path):
    (tmp_path / "facts").write_text("")
    with pytest.raises(UserError, match="is a file; name a folder for the tables"):
        write_parquet(tmp_path / "facts", {"files": FILES})
