"""What the rules of a Snakefile read, write and run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debtscan.commands.script import Script
from debtscan.commands.snakefile import Section, scripts, sections

RULES = """configfile: "config.yaml"

rule fetch:
    output: "data/raw.csv"
    shell:
        "curl -o {output} "
        "https://x.org/raw.csv"

rule clean:
    input:
        "data/raw.csv",
        names=expand("data/{name}.txt", name=NAMES)
    output:
        "data/clean.csv"
    shell: '''
        python clean.py {input}
    '''
"""


def test_sections_hold_the_texts_of_a_rule():
    assert list(sections(RULES))[2:4] == [
        Section("clean", "input", [(11, "data/raw.csv"), (12, "data/{name}.txt")]),
        Section("clean", "output", [(14, "data/clean.csv")]),
    ]


def test_a_rule_runs_its_shell_text():
    assert list(scripts(RULES)) == [
        Script("curl -o {output} https://x.org/raw.csv", 6, name="fetch"),
        Script("\n        python clean.py {input}\n    ", 15, name="clean"),
    ]


@given(st.text("rule a:\n \tshelinputo\"'", max_size=120))
def test_any_text_is_read(text):
    last = text.count("\n") + 1
    assert all(1 <= line <= last for section in sections(text) for line, _ in section.texts)
