"""Columns are read off the row class; what no column can hold is a programming error."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import pytest
from msgspec import Struct

from debtscan.facts.schema import Column, columns_of, comments, create_table

Pin: TypeAlias = Literal["none", "exact"]


class Requirement(Struct, frozen=True):
    path: Annotated[str, "file it is written in"]
    line: Annotated[int | None, "line, from 1; NULL where the format has none"]
    pin: Annotated[Pin, "how it is pinned"]
    locked: Annotated[Literal["yes", "no"] | None, "NULL: not known"]
    weight: Annotated[float, "share of it's use"]
    guarded: Annotated[bool, "inside try"]
    extras: Annotated[tuple[str, ...], "extras, sorted"]
    lines: Annotated[tuple[int, ...] | None, "lines"]


class Undescribed(Struct):
    path: str


class Unstorable(Struct):
    options: Annotated[dict[str, str], "options"]


def test_every_field_becomes_a_described_column():
    assert columns_of(Requirement) == (
        Column("path", "VARCHAR", False, "file it is written in"),
        Column("line", "BIGINT", True, "line, from 1; NULL where the format has none"),
        Column("pin", "VARCHAR", False, "how it is pinned", ("none", "exact")),
        Column("locked", "VARCHAR", True, "NULL: not known", ("yes", "no")),
        Column("weight", "DOUBLE", False, "share of it's use"),
        Column("guarded", "BOOLEAN", False, "inside try"),
        Column("extras", "VARCHAR[]", False, "extras, sorted"),
        Column("lines", "BIGINT[]", True, "lines"),
    )


def test_a_table_begins_with_the_repository():
    assert create_table("requirements", columns_of(Requirement)[:2]) == (
        'CREATE OR REPLACE TABLE "requirements" ("repository" VARCHAR NOT NULL, "path" VARCHAR NOT NULL, "line" BIGINT)'
    )


def test_an_apostrophe_in_a_description_stays_inside_the_comment():
    assert comments("requirements", columns_of(Requirement)[4:5])[1] == (
        """COMMENT ON COLUMN "requirements"."weight" IS 'share of it''s use'"""
    )


def test_a_field_without_a_description_is_an_error():
    with pytest.raises(TypeError, match=r'^Undescribed\.path: want Annotated\[type, "description"\]$'):
        columns_of(Undescribed)


def test_a_field_that_no_column_can_hold_is_an_error():
    with pytest.raises(TypeError, match=r"^Unstorable\.options: no column holds dict\[str, str\]; want str, int"):
        columns_of(Unstorable)
