"""Archives: what clients send, and what an attacker would."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from git_made import commit, contents_of, git, repository, write
from hypothesis import given, settings
from hypothesis import strategies as st

from debtscan.errors import TargetError
from debtscan.model import ScopeOut
from debtscan.repository import blob_id, members, open_target


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, entries: list[tarfile.TarInfo | tuple[str, bytes]]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix != ".tar" else "w") as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                archive.addfile(info, io.BytesIO(entry[1]))
    return path


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def test_the_one_folder_of_an_archive_is_its_root(tmp_path):
    path = zipped(
        tmp_path / "churn-main.zip", {"churn-main/train.py": b"1\n", "churn-main/.github/workflows/a.yml": b""}
    )
    with open_target(str(path)) as opened:
        assert (opened.name, opened.source, opened.kind) == ("churn-main", "churn-main.zip", "archive")
        assert (opened.revision, opened.dirty, list(opened.commits())) == (None, None, [])
        assert [(file.path, file.kind, file.blob, file.tracked) for file in opened.files] == [
            (".github/workflows/a.yml", "workflow", blob_id(b""), False),
            ("train.py", "python", blob_id(b"1\n"), False),
        ]


def test_several_folders_stay_as_they_are(tmp_path):
    path = zipped(tmp_path / "a.zip", {"src/train.py": b"", "tests/test_train.py": b"", "__MACOSX/src/._train.py": b""})
    with open_target(str(path)) as opened:
        assert [file.path for file in opened.files] == ["src/train.py", "tests/test_train.py"]


def test_what_git_and_tools_left_in_an_archive_is_left_out_and_named(tmp_path):
    root = repository(tmp_path / "churn")
    write(root, {".venv/pyvenv.cfg": "", ".venv/lib/a.py": "", "e/pyvenv.cfg": "", "e/b.py": "", "x/__pycache__/c": ""})
    path = tmp_path / "churn.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(root, "churn")
    with open_target(str(path)) as opened:
        assert [file.path for file in opened.files] == ["train.py"]
        assert opened.excluded == (
            ScopeOut(
                path=".git",
                why="git's own files; history inside an archive is not read: unpack it to audit its history",
            ),
            ScopeOut(path=".venv", why="virtual environment"),
            ScopeOut(path="e", why="virtual environment"),
            ScopeOut(path="x/__pycache__", why="compiled Python"),
        )
        assert opened.gaps == ()


def test_names_that_lead_elsewhere_are_refused(tmp_path):
    hostile = [("/etc/passwd", b"x"), ("../../up.py", b"x"), ("a/../../up.py", b"x"), ("fine.py", b"ok\n")]
    for path in (tarred(tmp_path / "a.tar", hostile), zipped(tmp_path / "a.zip", dict(hostile))):
        with open_target(str(path)) as opened:
            assert contents_of(opened) == {"fine.py": b"ok\n"}
            assert sorted(gap.why for gap in opened.gaps) == [
                "a file was left out: its name is not a path inside the repository (../../up.py)",
                "a file was left out: its name is not a path inside the repository (/etc/passwd)",
                "a file was left out: its name is not a path inside the repository (a/../../up.py)",
            ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "a.zip"]


def test_links_and_devices_in_a_tar_reach_nothing(tmp_path):
    secret = write(tmp_path, {"secret.txt": "secret"}) / "secret.txt"
    path = tarred(
        tmp_path / "a.tgz",
        [
            special("out", tarfile.SYMTYPE, str(secret)),
            ("out/planted.py", b"x"),
            special("hard", tarfile.LNKTYPE, str(secret)),
            special("pipe", tarfile.FIFOTYPE),
            special("disk", tarfile.BLKTYPE),
            special("tty", tarfile.CHRTYPE),
            ("train.py", b"1\n"),
            special("again.py", tarfile.LNKTYPE, "train.py"),
        ],
    )
    with open_target(str(path)) as opened:
        assert contents_of(opened) == {
            "again.py": b"1\n",
            "out": os.fsencode(secret),
            "out/planted.py": b"x",
            "train.py": b"1\n",
        }
        assert [(gap.path, gap.why) for gap in opened.gaps] == [
            ("disk", "a member of the archive is a pipe or device, not read"),
            ("hard", "a hard link to something that is not in the archive, not read"),
            ("out", "symbolic link to a place outside the repository, not followed"),
            ("pipe", "a member of the archive is a pipe or device, not read"),
            ("tty", "a member of the archive is a pipe or device, not read"),
        ]
    assert secret.read_text() == "secret"
    assert not (tmp_path / "planted.py").exists()


def test_a_link_in_a_zip_is_a_link(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("latest.csv")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("train.py", "1\n")
    with open_target(str(path)) as opened:
        assert [(file.path, file.mode, file.link) for file in opened.files] == [
            ("latest.csv", "symlink", "/etc/passwd"),
            ("train.py", "file", None),
        ]
        assert contents_of(opened)["latest.csv"] == b"/etc/passwd"


def test_a_large_member_is_listed_and_not_unpacked(tmp_path):
    path = zipped(tmp_path / "a.zip", {"big.csv": b"0" * 6_000_000, "train.py": b"1\n"})
    with open_target(str(path)) as opened:
        assert [(file.path, file.size_bytes, file.blob is None) for file in opened.files] == [
            ("big.csv", 6_000_000, True),
            ("train.py", 2, False),
        ]
        assert contents_of(opened)["big.csv"] == "is 6.0 MB, more than the 5 MB that are read"


def test_a_bomb_of_many_members_stops_at_what_may_be_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MAX_STORED_BYTES", 10_000_000)
    path = zipped(tmp_path / "a.zip", {f"{number}.csv": b"%d" % number * 4_000_000 for number in range(5)})
    with open_target(str(path)) as opened:
        assert [file.path for file in opened.files] == ["0.csv", "1.csv"]
        assert [gap.why for gap in opened.gaps] == [
            "the archive was not read to its end: its files are larger than 0.0 GB: reading stopped there"
        ]


def test_a_bomb_inside_one_compressed_stream_stops_by_its_ratio(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "RATIO_COUNTS_FROM_BYTES", 1_000_000)
    info = tarfile.TarInfo("zeros.bin")
    info.size = 10**12
    path = tmp_path / "a.tar.gz"
    with gzip.open(path, "wb") as stream:
        stream.write(tarfile.TarInfo("first.py").tobuf() + info.tobuf(tarfile.GNU_FORMAT) + bytes(20_000_000))
    with open_target(str(path)) as opened:
        assert opened.files[0].path == "first.py"
        assert [gap.why.split(":")[0] for gap in opened.gaps] == ["the archive was not read to its end"]
        assert "times its size" in opened.gaps[0].why


def test_a_header_that_never_ends_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "RATIO_COUNTS_FROM_BYTES", 1_000_000)
    header = special("pax", tarfile.XHDTYPE)
    header.size = 10**12
    path = tmp_path / "a.tar.gz"
    with gzip.open(path, "wb") as stream:
        stream.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(20_000_000))
    with pytest.raises(TargetError, match=r"cannot read a\.tar\.gz as an archive: it unpacks to"):
        open_target(str(path))


def test_members_that_lie_about_their_size_are_gaps(tmp_path):
    path = zipped(tmp_path / "a.zip", {"lie.py": b"x" * 5000, "train.py": b"1\n"})
    data = path.read_bytes()
    path.write_bytes(data.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    with open_target(str(path)) as opened:
        assert contents_of(opened) == {"lie.py": "could not be unpacked", "train.py": b"1\n"}
        assert [gap.path for gap in opened.gaps] == ["lie.py"]


def test_an_encrypted_member_is_a_gap(tmp_path):
    path = zipped(tmp_path / "a.zip", {"secret.py": b"x", "train.py": b"1\n"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with open_target(str(path)) as opened:
        assert contents_of(opened) == {"train.py": b"1\n"}
        assert [(gap.path, gap.why) for gap in opened.gaps] == [("secret.py", "a member of the archive is encrypted")]


def test_of_two_members_with_one_name_the_last_counts_as_when_unpacking(tmp_path):
    path = tarred(tmp_path / "a.tar", [("train.py", b"old\n"), ("train.py", b"new\n")])
    with open_target(str(path)) as opened:
        assert contents_of(opened) == {"train.py": b"new\n"}
        assert [gap.why for gap in opened.gaps] == ["two members have this name; the last was read"]


def test_too_many_members_are_refused_before_they_are_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MAX_MEMBERS", 10)
    path = zipped(tmp_path / "a.zip", {f"{number}.py": b"" for number in range(11)})
    with pytest.raises(TargetError, match="it has 11 members, more than the 10 that are read"):
        open_target(str(path))


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tgz", "a.tar"])
@pytest.mark.parametrize("data", [b"", b"not an archive", b"PK\x03\x04 cut short", b"\x1f\x8b\x08 cut short"])
def test_what_is_no_archive_is_one_clear_line(name, data, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TargetError, match=f"cannot read {name} as an archive: ") as caught:
        open_target(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_an_archive_that_was_cut_off_gives_what_there_is(tmp_path):
    path = tarred(tmp_path / "a.tar", [("train.py", b"1\n"), ("big.csv", b"0" * 100_000)])
    path.write_bytes(path.read_bytes()[:20_000])
    with open_target(str(path)) as opened:
        assert contents_of(opened)["train.py"] == b"1\n"
        assert all("archive" in gap.why or "unpacked" in gap.why for gap in opened.gaps)
        assert opened.gaps


def test_names_of_other_systems_become_text(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("x")
        info.filename, info.create_system = "src\\modell.py", 0
        archive.writestr(info, "")
        archive.writestr("données.csv", "")
    with open_target(str(path)) as opened:
        assert [file.path for file in opened.files] == ["données.csv", "src/modell.py"]


def test_an_archive_made_by_git_knows_its_commit(tmp_path):
    root = repository(tmp_path / "churn")
    revision = commit(root)
    for name in ("a.zip", "a.tar.gz"):
        git(root, "archive", "-o", str(tmp_path / name), "HEAD")
        with open_target(str(tmp_path / name)) as opened:
            assert (opened.revision, [file.tracked for file in opened.files]) == (revision, [True])


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=2000), st.sampled_from(["a.zip", "a.tar", "a.tgz"]), st.integers(0, 600), st.binary(max_size=8)
)
def test_damage_anywhere_in_an_archive_is_never_a_crash(tmp_path_factory, junk, name, position, patch):
    folder = tmp_path_factory.mktemp("archives")
    files = {"train.py": b"import torch\n" * 20, "data/a.csv": junk}
    path = zipped(folder / name, files) if name == "a.zip" else tarred(folder / name, list(files.items()))
    data = bytearray(path.read_bytes())
    data[position : position + len(patch)] = patch
    path.write_bytes(data)
    with suppress(TargetError), open_target(str(path)) as opened:
        contents_of(opened)
