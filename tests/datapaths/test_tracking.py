"""What files say of tracking: Git LFS pointers, attributes, DVC."""

from __future__ import annotations

from textwrap import dedent

import pytest

from debtscan.datapaths.tracking import FoundTracking, Output, tracking_in
from debtscan.source.text import TextSource

DIGEST = "0123456789abcdef0123456789abcdef"


def read(kind: str, text: str) -> FoundTracking | None:
    return tracking_in(TextSource(kind, dedent(text)))


def test_a_pointer_states_the_size_of_its_object():
    text = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123456\n"
    assert read("data", text) == FoundTracking(pointer=True, pointer_bytes=123456)


def test_a_small_table_is_no_pointer():
    assert read("data", "version,size\n1,2\n") is None


def test_attributes_set_and_unset_git_lfs():
    text = """\
        # data
        *.csv filter=lfs diff=lfs merge=lfs -text
        small.csv -filter
        *.png binary
    """
    assert read("gitattributes", text) == FoundTracking(lfs_patterns=[("*.csv", True), ("small.csv", False)])


def test_a_dvc_file_names_its_outputs():
    text = f"""\
        wdir: ..
        outs:
        - md5: {DIGEST}
          size: 14445097
          path: data.xml
    """
    assert read("dvc", text) == FoundTracking(outputs=[Output("../data.xml", 3, 14445097, DIGEST)])


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
        Output("plots/*", 7, by_stage=True),
        Output("model_*.pkl", 13, by_stage=True),
    ]
    assert read("dvc", text) == FoundTracking(outputs=outputs)


def test_a_broken_dvc_file_says_so():
    with pytest.raises(ValueError, match="not YAML"):
        read("dvc", "outs: [")
