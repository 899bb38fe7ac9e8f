"""Data in the repository and what keeps their versions, in folders, work trees and bare repositories."""

from __future__ import annotations

import pytest

from debtscan.scanners.data_files import DataFile
from tests.scanning import commit, git, scan_files, scan_folder, write_files

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 123456\n"
ROWS = "1234567,abcdefgh\n" * 1000
DIGEST = "0123456789abcdef0123456789abcdef"


def data_file(path: str, **columns) -> DataFile:
    known = {"size_bytes": None, "tracked_by": "git", "format": "csv", "ignored": False, "blob": None, "fault": "none"}
    known |= {"tracker": None, "tracker_line": None, "by_stage": False}
    return DataFile(path=path, **{**known, **columns})


def kept(rows) -> list[tuple[str, str, int | None, str]]:
    return [(row.path, row.tracked_by, row.size_bytes, row.fault) for row in rows]


def test_a_folder_without_git_keeps_no_versions(tmp_path):
    rows = scan_files(tmp_path, {"data/a.csv": "x\n", "train.py": "", "settings.json": "{}"})["data_files"]
    assert rows == [data_file("data/a.csv", size_bytes=2, tracked_by="none", blob=rows[0].blob)]


@pytest.fixture(params=["work tree", "bare"])
def scanned(request, tmp_path):
    """The data files of committed files, as they lie on disk and as git holds them: the same rows."""

    def scan(files: dict[str, str]):
        folder = commit(tmp_path / "tree", files)
        if request.param == "bare":
            git(tmp_path, "clone", "-q", "--bare", str(folder), str(tmp_path / "bare.git"))
            folder = tmp_path / "bare.git"
        return scan_folder(folder).tables["data_files"]

    return scan


def test_git_keeps_what_is_committed(scanned):
    rows = scanned({"data/a.csv": ROWS, "b/a.csv": ROWS, "data/words.txt": "a\n", "notes.txt": "a\n", "x.tar.gz": "x"})
    assert kept(rows) == [
        ("b/a.csv", "git", 17000, "none"),
        ("data/a.csv", "git", 17000, "none"),
        ("data/words.txt", "git", 2, "none"),
        ("x.tar.gz", "git", 1, "none"),
    ]
    assert rows[0].blob == rows[1].blob is not None
    assert [row.format for row in rows] == ["csv", "csv", "txt", "tar.gz"]


def test_git_lfs_is_told_by_pointer_and_attribute(scanned):
    files = {
        ".gitattributes": "*.csv filter=lfs diff=lfs merge=lfs -text\nraw/small.csv -filter\n",
        "raw/.gitattributes": "*.bin filter=lfs\n",
        "raw/a.csv": POINTER,
        "raw/real.csv": ROWS,
        "raw/small.csv": ROWS,
        "raw/w.bin": POINTER,
        "b.parquet": POINTER,
    }
    assert kept(scanned(files)) == [
        ("b.parquet", "lfs", 123456, "pointer_without_attribute"),
        ("raw/a.csv", "lfs", 123456, "none"),
        ("raw/real.csv", "git", 17000, "content_instead_of_pointer"),
        ("raw/small.csv", "git", 17000, "none"),
        ("raw/w.bin", "lfs", 123456, "none"),
    ]


def test_a_file_that_git_lfs_put_in_place_is_no_content_in_git(tmp_path):
    files = {".gitattributes": "*.csv filter=lfs diff=lfs merge=lfs -text\n", "a.csv": POINTER}
    folder = commit(tmp_path / "tree", files)
    (folder / "a.csv").write_text(ROWS)
    assert kept(scan_folder(folder).tables["data_files"]) == [("a.csv", "lfs", 17000, "none")]


def test_dvc_keeps_outputs_whether_they_lie_on_the_disk_or_not(tmp_path):
    files = {
        ".gitignore": "/raw\n/model.pkl\n",
        ".dvc/config": "[core]\n    remote = store\n['remote \"store\"']\n    url = s3://bucket/dvc\n",
        "raw.dvc": f"outs:\n- md5: {DIGEST}.dir\n  size: 99\n  path: raw\n",
        "never.dvc": "outs:\n- path: never\n",
        "dvc.yaml": "stages:\n  train:\n    cmd: python train.py\n    outs:\n    - model.pkl\n",
        "dvc.lock": f"stages:\n  train:\n    outs:\n    - path: model.pkl\n      md5: {DIGEST}\n      size: 7\n",
    }
    folder = commit(tmp_path / "tree", files)
    expected = [
        data_file("model.pkl", tracked_by="dvc", size_bytes=7, format="pkl", tracker="dvc.lock", tracker_line=4, by_stage=True),
        data_file("never", tracked_by="dvc", format="", fault="no_hash", tracker="never.dvc", tracker_line=2),
        data_file("raw", tracked_by="dvc", size_bytes=99, format="", tracker="raw.dvc", tracker_line=2),
    ]  # fmt: skip
    assert scan_folder(folder).tables["data_files"] == expected
    write_files(folder, {"raw/a.csv": ROWS, "model.pkl": "x"})
    assert scan_folder(folder).tables["data_files"] == expected


def faults(rows) -> list[tuple[str, str]]:
    return [(row.path, row.fault) for row in rows]


def tracked_by_dvc(path: str, more: str = "") -> str:
    return f"outs:\n- md5: {DIGEST}\n  path: {path}\n{more}"


def test_the_remote_of_the_nearest_project_holds_what_dvc_tracks(scanned):
    files = {
        ".dvc/config": "['remote \"here\"']\n    url = /tmp/store\n['remote \"store\"']\n    url = s3://b\n[core]\n    remote = here\n",
        "a.csv.dvc": tracked_by_dvc("a.csv"),
        "b.csv.dvc": tracked_by_dvc("b.csv", "  remote: store\n"),
        "c.csv.dvc": tracked_by_dvc("c.csv", "deps:\n- path: c.csv\n  repo: {url: x, rev_lock: 0123abc}\n"),
        "d.csv.dvc": tracked_by_dvc("d.csv", "  cache: false\n"),
        "part/.dvc/config": "",
        "part/e.csv.dvc": tracked_by_dvc("e.csv"),
        "part/sub/f.csv.dvc": tracked_by_dvc("f.csv", "  remote: store\n"),
    }
    assert faults(scanned(files)) == [
        ("a.csv", "local_remote"),
        ("b.csv", "none"),
        ("c.csv", "none"),
        ("d.csv", "none"),
        ("part/e.csv", "no_remote"),
        ("part/sub/f.csv", "no_remote"),
    ]


def test_files_of_dvc_outside_any_project_are_meant_for_another(scanned):
    files = {"template/a.csv.dvc": tracked_by_dvc("a.csv"), "template/never.dvc": "outs:\n- path: never\n"}
    assert faults(scanned(files)) == [("template/a.csv", "none"), ("template/never", "no_hash")]


def test_a_pipeline_without_its_lock_keeps_no_versions(scanned):
    stages = "stages:\n  train:\n    cmd: python train.py\n    outs: [model.pkl]\n    metrics:\n    - m.json: {cache: false}\n"
    lock = f"schema: '2.0'\nstages:\n  train:\n    outs:\n    - {{path: model.pkl, md5: {DIGEST}}}\n"
    files = {
        ".dvc/config": "",
        "a/dvc.yaml": stages,
        "b/dvc.yaml": stages,
        "b/dvc.lock": lock,
        "c/dvc.yaml": "artifacts:\n  x: {path: y}\n",
    }
    assert faults(scanned(files)) == [
        ("a/m.json", "none"),
        ("a/model.pkl", "no_lock"),
        ("b/m.json", "none"),
        ("b/model.pkl", "none"),
    ]


def test_attributes_reach_only_the_files_that_git_gives_them(scanned):
    """Read as lines of a .gitignore, these would promise everything below `data` to Git LFS."""
    files = {".gitattributes": "data/ filter=lfs\nraw/* filter=lfs\n", "data/a.csv": ROWS, "raw/in/a.csv": ROWS}
    assert kept(scanned(files)) == [("data/a.csv", "git", 17000, "none"), ("raw/in/a.csv", "git", 17000, "none")]


def test_a_macro_of_attributes_promises_to_git_lfs(scanned):
    files = {
        ".gitattributes": "[attr]big filter=lfs -text\n",
        "data/.gitattributes": "*.csv big\n",
        "data/a.csv": POINTER,
    }
    assert kept(scanned(files)) == [("data/a.csv", "lfs", 123456, "none")]


def test_json_and_text_may_be_pointers(scanned):
    files = {".gitattributes": "*.json filter=lfs\n*.txt filter=lfs\n", "train.json": POINTER, "notes.txt": POINTER}
    assert kept(scanned(files)) == [("notes.txt", "lfs", 123456, "none"), ("train.json", "lfs", 123456, "none")]


def test_an_unlocked_file_of_git_annex_is_a_pointer_too(scanned):
    rows = scanned({"a.nii.gz": "/annex/objects/MD5E-s5663237--0123.nii.gz\n"})
    assert kept(rows) == [("a.nii.gz", "annex", 5663237, "none")]


def test_git_annex_is_told_by_a_link(tmp_path):
    folder = commit(tmp_path / "tree", {"x.py": ""})
    (folder / "a.csv").symlink_to(".git/annex/objects/zf/Kp/MD5E-s1234--0123.csv/MD5E-s1234--0123.csv")
    git(folder, "add", "a.csv")
    assert kept(scan_folder(folder).tables["data_files"]) == [("a.csv", "annex", 1234, "none")]


def test_an_ignored_file_on_the_disk_is_kept_by_nobody(tmp_path):
    folder = commit(tmp_path / "tree", {".gitignore": "data/\n"})
    write_files(folder, {"data/a.csv": ROWS})
    assert scan_folder(folder).tables["data_files"] == [
        data_file("data/a.csv", tracked_by="none", size_bytes=17000, ignored=True)
    ]


def test_a_dvc_file_that_is_no_yaml_is_a_gap(tmp_path):
    folder = write_files(tmp_path, {"a.dvc": "outs: ["})
    facts = scan_folder(folder)
    assert facts.tables["data_files"] == []
    assert [(gap.path, gap.why.split(":")[0]) for gap in facts.gaps] == [("a.dvc", "DVC file not understood")]
