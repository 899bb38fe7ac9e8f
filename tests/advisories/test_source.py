"""A folder or zip of records is indexed once, in the cache, and nothing in it does harm."""

from __future__ import annotations

import json
import os
import zipfile

import pytest
from osv_records import record, write_folder, write_zip

from debtscan.advisories import files, source
from debtscan.advisories.source import Advisories, indexed, online
from debtscan.errors import UserError


def summary(advisories: Advisories) -> tuple[str | None, int, int]:
    return advisories.day, advisories.records, advisories.unreadable


@pytest.mark.parametrize("write", [write_folder, write_zip])
def test_records_are_found_by_package(write, tmp_path):
    given = write(tmp_path / "osv", record(), record("PYSEC-2026-2", "other", modified="2026-10-12T00:00:00Z"))
    with indexed(given, tmp_path / "cache") as advisories:
        assert summary(advisories) == ("2026-10-12", 2, 0)
        assert [advisory.id for advisory in advisories.of("other")] == ["PYSEC-2026-2"]
        assert advisories.of("missing") == []
        assert advisories.sentence == "advisories of 2026-10-12 (2 records)"


@pytest.mark.parametrize("write", [write_folder, write_zip])
def test_an_index_is_made_once_and_again_when_something_changed(write, tmp_path, monkeypatch):
    given, cache = write(tmp_path / "osv", record()), tmp_path / "cache"
    with indexed(given, cache):
        pass
    with monkeypatch.context() as patch:
        patch.setattr(source, "_write", lambda *_: pytest.fail("indexed again"))
        with indexed(given, cache) as advisories:
            assert len(advisories.of("demo")) == 1
    write(given, record(), record("PYSEC-2026-2"))
    with indexed(given, cache) as advisories:
        assert len(advisories.of("demo")) == 2


def test_a_damaged_index_is_made_again(tmp_path):
    given, cache = write_folder(tmp_path / "osv", record()), tmp_path / "cache"
    with indexed(given, cache) as advisories:
        index = advisories.index
    index.write_bytes(b"no database")
    with indexed(given, cache) as advisories:
        assert len(advisories.of("demo")) == 1


def test_without_a_cache_nothing_is_left(tmp_path):
    with indexed(write_folder(tmp_path / "osv", record()), None) as advisories:
        index = advisories.index
        assert index.exists()
    assert not index.exists()


def test_old_indexes_are_dropped(tmp_path):
    for number in range(source.MAX_INDEXES + 2):
        with indexed(write_folder(tmp_path / str(number), record()), tmp_path / "cache"):
            pass
    assert len(list((tmp_path / "cache/advisories").iterdir())) == source.MAX_INDEXES


def test_a_bad_record_is_counted_and_the_others_are_read(tmp_path):
    folder = write_folder(tmp_path / "osv", record())
    (folder / "bad.json").write_text("{")
    (folder / "bad.yaml").write_text("a: [")
    (folder / "lone.json").write_text(json.dumps(record("PYSEC-2026-3", "\ud800")))
    (folder / "README.md").write_text("not looked at")
    with indexed(folder, None) as advisories:
        assert summary(advisories) == ("2026-10-01", 1, 3)


def test_links_pipes_and_hidden_files_are_not_opened(tmp_path):
    folder = write_folder(tmp_path / "osv", record())
    outside = write_folder(tmp_path / "outside", record("PYSEC-2026-9"))
    (folder / "link.json").symlink_to(outside / "0.json")
    (folder / "linked").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / ".hidden.json").write_text("{")
    os.mkfifo(folder / "pipe.json")
    with indexed(folder, None) as advisories:
        assert summary(advisories) == ("2026-10-01", 1, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such folder or zip, and not the word online"),
        (lambda path: path.write_text("text"), "want a folder or a zip of OSV records"),
        (lambda path: path.write_bytes(b"PK\x05\x06" + b"\xff" * 18), "want a folder or a zip of OSV records"),
        (lambda path: path.mkdir(), "no OSV record about a package on PyPI in 0 files"),
        (write_zip, "no OSV record about a package on PyPI in 0 files"),
    ],
)
def test_a_source_without_records_is_the_users_error(make, message, tmp_path):
    make(tmp_path / "osv")
    with pytest.raises(UserError, match=message), indexed(tmp_path / "osv", None):
        pass


def test_a_member_that_unfolds_is_not_read_whole(tmp_path):
    path = write_zip(tmp_path / "osv.zip", record())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b" " * 50_000_000)
        archive.writestr("/escape.json", json.dumps(record("PYSEC-2026-2")))
    with indexed(path, tmp_path / "cache") as advisories:
        assert summary(advisories) == ("2026-10-01", 2, 1)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["cache", "osv.zip"]


def test_a_member_whose_content_is_damaged_or_encrypted_is_counted(tmp_path):
    path = write_zip(tmp_path / "osv.zip", record(), record("PYSEC-2026-2"))
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    last = data.rindex(b"PK\x01\x02")
    data[last + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match="no OSV record about a package on PyPI in 2 files"), indexed(path, None):
        pass


@pytest.mark.parametrize("cap", ["MAX_ENTRIES", "MAX_TOTAL_BYTES"])
def test_too_many_records_are_refused_and_not_cut_off(cap, tmp_path, monkeypatch):
    monkeypatch.setattr(files, cap, 1)
    given = write_folder(tmp_path / "osv", record(), record("PYSEC-2026-2"))
    with pytest.raises(UserError, match="Give the folder of PyPI alone"), indexed(given, None):
        pass


def test_a_cache_that_cannot_be_written_is_the_users_error(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(UserError, match="Choose another --cache"), online(tmp_path / "cache"):
        pass


def test_a_folder_that_cannot_be_read_is_the_users_error(tmp_path, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "_of_folder", lambda folder: (refuse(folder) for _ in "x"))
    with pytest.raises(UserError, match="cannot be read: Permission denied"), indexed(tmp_path, None):
        pass
