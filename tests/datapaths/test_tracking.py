"""What files say of tracking: Git LFS pointers, attributes, DVC."""

from __future__ import annotations

from contextlib import suppress
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.datapaths.attributes import Line
from debtscan.datapaths.dvc import Output, Remotes
from debtscan.datapaths.tracking import FoundTracking, tracking_in
from debtscan.source.text import TextSource

DIGEST = "0123456789abcdef0123456789abcdef"


def read(kind: str, text: str) -> FoundTracking | None:
    return tracking_in(TextSource(kind, dedent(text)))


def test_a_pointer_states_the_size_of_its_object():
    text = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123456\n"
    assert read("data", text) == FoundTracking(pointer=True, pointer_bytes=123456)


def test_a_small_table_is_no_pointer():
    assert read("data", "version,size\n1,2\n") is None


def test_a_pointer_of_git_annex_states_the_size_in_its_key():
    key = "SHA256E-s31390--f50d7ac4c6b9031379986bc362fcefb6.mp3"
    assert read("media", f"/annex/objects/{key}\n") == FoundTracking(annexed=True, pointer_bytes=31390)
    assert read("media", "/annex/objects/URL--http&c%%x\n") == FoundTracking(annexed=True)
    assert read("other", "/annex/objects/a/b\n") is None


def test_lines_of_attributes_are_told_with_macros_and_quoted_patterns():
    text = """\
        # data
        [attr]lfs filter=lfs -text
        *.csv lfs
        "my \\"data\\" \\303\\251.csv" -filter
        *.png
        !*.csv filter=lfs
    """
    lines = [
        Line("lfs", ["filter=lfs", "-text"], macro=True),
        Line("*.csv", ["lfs"]),
        Line('my "data" \xc3\xa9.csv', ["-filter"]),
    ]
    assert read("gitattributes", text) == FoundTracking(attributes=lines)


def test_a_dvc_file_names_its_outputs():
    text = f"""\
        wdir: ..
        outs:
        - md5: {DIGEST}
          size: 14445097
          path: data.xml
          remote: store
        - path: never
        - path: empty
          md5: ''
        - path: versioned
          files:
          - {{relpath: a.csv, version_id: "1"}}
    """
    outputs = [
        Output("../data.xml", 3, 14445097, digested=True, remote="store"),
        Output("../never", 7),
        Output("../empty", 8),
        Output("../versioned", 10, digested=True),
    ]
    assert read("dvc", text) == FoundTracking(outputs=outputs)


@pytest.mark.parametrize(
    "dependency",
    [
        "{path: a.csv, repo: {url: git@example.org:a/b, rev_lock: 0123abc}}",
        "{path: https://example.org/a.csv, etag: x}",
    ],
)
def test_an_import_needs_no_hash_and_no_remote(dependency):
    text = f"deps:\n- {dependency}\nouts:\n- path: a.csv\n"
    assert read("dvc", text) == FoundTracking(outputs=[Output("a.csv", 4, imported=True)])


def test_a_dependency_that_is_followed_at_no_commit_is_no_import():
    text = "deps:\n- {path: a.csv, repo: {url: git@example.org:a/b}}\nouts:\n- path: a.csv\n"
    assert read("dvc", text) == FoundTracking(outputs=[Output("a.csv", 4)])


def test_stages_name_outputs_with_and_without_options():
    text = """\
        stages:
          prepare:
            cmd: python prepare.py
            deps: [data.xml]
            outs:
            - prepared
            - plots/${name}:
                cache: false
          train:
            foreach: [a, b]
            do:
              cmd: python train.py ${item}
              outs: ["model_${item}.pkl"]
    """
    outputs = [
        Output("prepared", 6, by_stage=True),
        Output("plots/*", 7, by_stage=True, cached=False),
        Output("model_*.pkl", 13, by_stage=True),
    ]
    assert read("dvc", text) == FoundTracking(outputs=outputs)


def test_the_lock_of_the_first_schema_is_its_stages():
    text = f"train:\n  cmd: python train.py\n  outs:\n  - path: model.pkl\n    md5: {DIGEST}\n"
    assert read("dvc", text) == FoundTracking(outputs=[Output("model.pkl", 4, digested=True, by_stage=True)])


def test_a_broken_dvc_file_says_so():
    with pytest.raises(ValueError, match="not YAML"):
        read("dvc", "outs: [")


def test_remotes_are_told_by_name_with_the_default():
    text = """\
        [core]
            remote = store
            autostage = true
        ['remote "store"']
            url = s3://bucket/dvc
        ['remote "here"']
            url = ../storage
    """
    remotes = Remotes({"store": "s3://bucket/dvc", "here": "../storage"}, "store")
    assert read("ini", text) == FoundTracking(remotes=remotes)
    assert read("ini", "[tool]\nremote = yes\n") is None


@pytest.mark.parametrize(
    ("urls", "default", "named", "reach"),
    [
        ({}, None, None, "none"),
        ({}, "store", None, "none"),
        ({"a": "s3://bucket"}, "a", None, "all"),
        ({"a": "s3://bucket"}, None, None, "all"),
        ({"a": "s3://bucket"}, "b", None, "none"),
        ({"a": "/tmp/store"}, "a", None, "local"),
        ({"a": "../store"}, "a", None, "local"),
        ({"a": "file:///mnt/store"}, "a", None, "local"),
        ({"a": "D:\\store"}, "a", None, "local"),
        ({"a": "\\\\server\\share"}, "a", None, "all"),
        ({"a": "/tmp/store", "b": "gdrive://1x"}, "a", "b", "all"),
        ({"a": "/tmp/store", "b": "gdrive://1x"}, None, None, "all"),
        ({"a": "remote://b/images", "b": "ssh://host/path"}, "a", None, "all"),
        ({"a": "remote://b/images", "b": "/tmp/store"}, "a", None, "local"),
        ({"a": "remote://a/images"}, "a", None, "local"),
        ({"a": "remote://gone/images"}, "a", None, "none"),
    ],
)
def test_who_reaches_a_remote(urls, default, named, reach):
    assert Remotes(urls, default).reach(named) == reach


@pytest.mark.parametrize(
    ("text", "records", "listed"),
    [
        ('[{"a": 1}, {"a": 2}]', 2, 0),
        ('[["a", 1], ["b", 2], 3]', 2, 0),
        ('{"a": 1}\n\n{"a": 2}\n', 2, 0),
        ('{"a": [{"b": 1}], "c": [1, 2, 3], "d": {"e": [{}, {}]}}', 0, 1),
    ],
)
def test_records_of_json_are_counted_at_the_top_and_one_level_down(text, records, listed):
    assert read("json", text) == FoundTracking(records=records, listed=listed)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1, 2]", '{"a": "b"}', "[" * 100_000, '{"a": ', "// no JSON\n{}", '{"a": 1}']
)
def test_json_without_records_says_nothing(text):
    assert read("json", text) is None


@given(
    st.sampled_from(["ini", "json", "gitattributes", "data"]),
    st.text(alphabet="outs:- \n[]{}\"a1,#'=remt/", max_size=60),
)
def test_text_of_any_kind_says_something_or_nothing(kind, text):
    assert tracking_in(TextSource(kind, text)) != FoundTracking()


@given(st.text(alphabet="outs:- \n[]{}\"a1,#'=pth/", max_size=60))
def test_a_dvc_file_of_any_text_is_understood_or_refused_in_words(text):
    with suppress(ValueError):
        assert tracking_in(TextSource("dvc", f"outs:\n- path: a\n{text}")) != FoundTracking()
