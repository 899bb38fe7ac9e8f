"""A rule file becomes a rule, or one line that says which key of which file is wrong."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from debtscan.errors import RuleError, UserError
from debtscan.model import Cost, Interest, Rule, RulebookSummary, Spread
from debtscan.rulebook.loading import load_rulebook, rule_directories
from debtscan.rulebook.records import Commit, Example

UNPINNED = """\
id: unpinned-dependency
title: Dependencies of an application float
category: environment
stage: package
severity: high
confidence: high
why: A rebuild next month installs other versions than today.
remedy: Pin every dependency.
remedy_kind: mechanical
after: [missing-manifest]
references: ["https://packaging.python.org"]
query: |
  SELECT path, line, name AS subject, name || ' floats' AS message
  FROM dependencies WHERE pin = 'none'
group_by: [path]
cost:
  unit: package
  activity: env.lock
  fixed: [1, 2.5, 8]
  unit_hours: [.05, .12, .4]
  covers: [missing-manifest]
  covered_share: .2
  source: B
  note: counted once
  interest: [{channel: break, rate: .002, per: unit, impact: [1.5, 4, 16], people: .5}]
examples:
  - name: a bare name
    files: {requirements.txt: "pandas\\n", train.py: "import pandas\\n"}
    finds: [{path: requirements.txt, line: 1}]
  - name: it was pinned
    history: [{files: {requirements.txt: "pandas==1\\n", old.py: null}, date: 2024-01-31, message: Pin}]
    files: {requirements.txt: "pandas==2\\n"}
    finds: []
"""
MISSING = """\
id: missing-manifest
title: A manifest is missing
category: environment
stage: package
severity: low
confidence: medium
why: Nobody knows what to install.
remedy: Write one.
remedy_kind: engineering
query: SELECT path, 'no manifest' AS message FROM files
examples:
  - {name: none, files: {train.py: "import pandas\\n"}, finds: [{path: train.py}]}
  - {name: one, files: {requirements.txt: "pandas\\n"}, finds: []}
"""


@pytest.fixture
def rules(tmp_path) -> Path:
    folder = tmp_path / "rules"
    write(folder, "environment/unpinned-dependency.yaml", UNPINNED)
    write(folder, "environment/missing-manifest.yaml", MISSING)
    return folder


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_a_rule_file_becomes_a_rule_with_its_examples(rules):
    missing, unpinned = load_rulebook([rules]).files
    assert unpinned.rule == Rule(
        id="unpinned-dependency",
        title="Dependencies of an application float",
        category="environment",
        stage="package",
        severity="high",
        confidence="high",
        why="A rebuild next month installs other versions than today.",
        remedy="Pin every dependency.",
        remedy_kind="mechanical",
        after=("missing-manifest",),
        references=("https://packaging.python.org",),
        query="SELECT path, line, name AS subject, name || ' floats' AS message\nFROM dependencies WHERE pin = 'none'",
        group_by=("path",),
        cost=Cost(
            unit="package",
            activity="env.lock",
            scope="repository",
            fixed=Spread(p10=1.0, p50=2.5, p90=8.0),
            unit_hours=Spread(p10=0.05, p50=0.12, p90=0.4),
            learning=0.9,
            exponent=1.0,
            covers=("missing-manifest",),
            covered_share=0.2,
            source="B",
            note="counted once",
            interest=(
                Interest(
                    channel="break",
                    rate=0.002,
                    per="unit",
                    driver="none",
                    impact=Spread(p10=1.5, p50=4.0, p90=16.0),
                    people=0.5,
                ),
            ),
        ),
    )
    assert unpinned.source == "rules/environment/unpinned-dependency.yaml"
    assert unpinned.examples == (
        Example(
            name="a bare name",
            files={"requirements.txt": "pandas\n", "train.py": "import pandas\n"},
            finds=({"path": "requirements.txt", "line": 1},),
        ),
        Example(
            name="it was pinned",
            files={"requirements.txt": "pandas==2\n"},
            finds=(),
            history=(
                Commit(files={"requirements.txt": "pandas==1\n", "old.py": None}, date="2024-01-31", message="Pin"),
            ),
        ),
    )
    assert (missing.rule.group_by, missing.rule.cost, missing.rule.after) == (("path", "subject"), None, ())


def change(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


WRONG = {
    "numbers": ("unit_hours: [.05, .12, .4]", "unit_hours: [8, 2]", "cost.unit_hours: want three rising numbers (low, likely, high), got [8, 2]"),
    "falling": ("fixed: [1, 2.5, 8]", "fixed: [1, 9, 8]", "cost.fixed: want three rising numbers above zero (low, likely, high), got [1, 9, 8]"),
    "negative": ("fixed: [1, 2.5, 8]", "fixed: [-1, 2, 8]", "cost.fixed: want three rising numbers above zero (low, likely, high), got [-1, 2, 8]"),
    "infinite": ("fixed: [1, 2.5, 8]", "fixed: [1, 2, .inf]", "cost.fixed: want three rising numbers above zero (low, likely, high), got [1, 2, inf]"),
    "impact": ("impact: [1.5, 4, 16]", "impact: 4", "cost.interest[0].impact: want three rising numbers (low, likely, high), got 4"),
    "misspelt": ("fixed:", "fixd:", "cost.fixd: no such key"),
    "unpriced": ("  fixed: [1, 2.5, 8]\n  unit_hours: [.05, .12, .4]\n", "", "cost: want fixed or unit_hours, or no cost at all"),
    "share": ("covered_share: .2", "covered_share: 2", "cost.covered_share: input should be less than or equal to 1, got 2"),
    "exponent text": ("rate: .002", "rate: 2e-3", "cost.interest[0].rate: input should be a valid number, got '2e-3'"),
    "category": ("category: environment", "category: misc", "category: want 'environment', 'data', 'pipelines', 'tests', 'notebooks', 'models', 'reproducibility', 'code', 'vulnerabilities' or 'organisation', got 'misc'"),
    "missing": ("remedy: Pin every dependency.\n", "", "remedy: missing"),
    "empty": ("remedy: Pin every dependency.", "remedy: ' '", "remedy: string should have at least 1 character, got ' '"),
    "boolean": ("title: Dependencies of an application float", "title: yes", "title: input should be a valid string, got True"),
    "several": ("severity: high\nconfidence: high\n", "", "severity: missing (and 1 more)"),
    "group": ("group_by: [path]", "group_by: [line]", "group_by[0]: want 'path' or 'subject', got 'line'"),
    "id": ("id: unpinned-dependency", "id: floating", "id: want the name of the file, unpinned-dependency, got floating"),
    "id form": ("id: unpinned-dependency", "id: DEP001", "id: string should match pattern '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', got 'DEP001'"),
    "twice": ("severity: high", "severity: high\nseverity: low", "severity: written twice"),
    "twice inside": ("  unit: package", "  unit: package\n  unit: file", "unit: written twice"),
    "all find": ("finds: []", "finds: [{path: x}]", "examples: want at least one that finds something and one with finds: []"),
    "none finds": ("finds: [{path: requirements.txt, line: 1}]", "finds: []", "examples: want at least one that finds something and one with finds: []"),
    "advisory": ("files: {requirements.txt: \"pandas==2\\n\"}", "advisories: [{summary: x}]", "examples[1].advisories[0]: want an OSV record: Object missing required field `id`, got {'summary': 'x'}"),
    "advisory elsewhere": ("files: {requirements.txt: \"pandas==2\\n\"}", "advisories: [{id: A-1}]", "examples[1].advisories[0]: want an OSV record about a package on PyPI, got {'id': 'A-1'}"),
    "finds a list": ("finds: [{path: requirements.txt, line: 1}]", "finds: [{path: [a]}]", "examples[0].finds[0]: want text, numbers, true, false or null for every column, got {'path': ['a']}"),
    "outside": ("files: {requirements.txt:", "files: {../../etc/passwd:", "examples[0].files.../../etc/passwd.[key]: want a path inside the repository such as src/train.py, got '../../etc/passwd'"),
    "git": ("files: {requirements.txt:", "files: {.git/config:", "examples[0].files..git/config.[key]: want a path inside the repository such as src/train.py, got '.git/config'"),
    "no files": ('files: {requirements.txt: "pandas==2\\n"}', "files: {}", None),
    "unknown after": ("after: [missing-manifest]", "after: [missing-manfest]", 'after: No rule "missing-manfest". Closest: missing-manifest. All: debtscan rules'),
    "unknown covers": ("covers: [missing-manifest]", "covers: [nothing]", 'cost.covers: No rule "nothing". All: debtscan rules'),
    "not yaml": ("after: [missing-manifest]", "after: [missing-manifest", "not YAML: "),
    "tag": ("after: [missing-manifest]", "after: !!python/object/apply:os.system [id]", "not YAML: could not determine a constructor for the tag"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_named_with_key_and_expectation(rules, case):
    old, new, sentence = WRONG[case]
    write(rules, "environment/unpinned-dependency.yaml", change(UNPINNED, old, new))
    if sentence is None:
        assert load_rulebook([rules]).rules
        return
    with pytest.raises(RuleError) as error:
        load_rulebook([rules])
    assert str(error.value).startswith(f"rules/environment/unpinned-dependency.yaml: {sentence}")
    assert "\n" not in str(error.value)


BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 'x'}]\n" for n in range(30))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file: input should be a valid dictionary or instance of RulePart, got None"),
        ("- a\n", "the file: input should be a valid dictionary or instance of RulePart, got ['a']"),
        ("x" * 300_000, "want at most 256 KB, got 292 KB"),
        ("a: [" + "[" * 5000, "not YAML: "),
        (BOMB, "want at most 16 aliases (*name)"),
        (f"{UNPINNED}\nnote: {'x' * 10}", "note: no such key"),
        (change(MISSING, "SELECT path", f"SELECT '{'x' * 65536}', path"), "query: want at most 64 KB of SQL, got "),
    ],
    ids=["empty", "list", "large", "deep", "bomb", "extra", "long query"],
)
def test_a_file_that_is_no_rule_is_refused(rules, text, sentence):
    write(rules, "data/odd.yaml", text)
    with pytest.raises(RuleError) as error:
        load_rulebook([rules])
    assert str(error.value).startswith(f"rules/data/odd.yaml: {sentence}")


def test_two_examples_may_share_a_text(rules):
    shared = MISSING.replace('{train.py: "import', '{train.py: &script "import').replace('"pandas\\n"', "*script")
    write(rules, "environment/missing-manifest.yaml", shared)
    assert load_rulebook([rules]).file("missing-manifest").examples[1].files == {"requirements.txt": "import pandas\n"}


def test_a_large_file_is_told_by_what_repeats(rules):
    repeated = MISSING.replace('requirements.txt: "pandas\\n"', 'data.csv: {repeat: "1,2\\n", times: 3}')
    write(rules, "environment/missing-manifest.yaml", repeated)
    assert load_rulebook([rules]).file("missing-manifest").examples[1].files == {"data.csv": "1,2\n1,2\n1,2\n"}
    framed = repeated.replace("times: 3", 'times: 1, before: "a,b\\n", after: "#"')
    write(rules, "environment/missing-manifest.yaml", framed)
    assert load_rulebook([rules]).file("missing-manifest").examples[1].files == {"data.csv": "a,b\n1,2\n#"}


@pytest.mark.parametrize(
    "content", ['{repeat: "x", times: 20000001}', '{repeat: "x"}', '{repeat: "x", times: yes}', "[x]"]
)
def test_a_repeated_text_has_a_number_and_an_end(rules, content):
    write(
        rules,
        "environment/missing-manifest.yaml",
        MISSING.replace('requirements.txt: "pandas\\n"', f"data.csv: {content}"),
    )
    with pytest.raises(RuleError):
        load_rulebook([rules])


def test_bytes_that_are_not_utf8_are_refused(rules):
    (rules / "bad.yaml").write_bytes(b"id: \xff\n")
    with pytest.raises(RuleError, match=r"^rules/bad\.yaml: want UTF-8 text$"):
        load_rulebook([rules])


def test_an_id_belongs_to_one_file_in_all_directories(rules, tmp_path):
    write(tmp_path, "mine/missing-manifest.yaml", MISSING)
    with pytest.raises(RuleError, match=r"^mine/missing-manifest\.yaml: id: missing-manifest is the id of rules/env"):
        load_rulebook([rules, tmp_path / "mine"])


def test_rules_that_wait_for_each_other_are_refused(rules):
    text = change(MISSING, "query:", "after: [unpinned-dependency]\nquery:")
    write(rules, "environment/missing-manifest.yaml", text)
    with pytest.raises(RuleError, match=r"^rules: after: goes round in a circle: .* -> .* -> "):
        load_rulebook([rules])


def test_a_directory_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(RuleError, match=r"nowhere: no such directory of rules$"):
        load_rulebook([tmp_path / "nowhere"])


def test_a_yml_file_is_not_silently_left_out(rules):
    write(rules, "data/other.yml", MISSING)
    with pytest.raises(RuleError, match=r"^rules/data/other\.yml: the name of a rule file ends in \.yaml$"):
        load_rulebook([rules])


def test_other_files_are_left_alone(rules):
    for name in ("README.md", ".hidden/x.yaml", "data/.x.yaml", "__pycache__/x.yaml"):
        write(rules, name, "not: a rule")
    assert [rule.id for rule in load_rulebook([rules]).rules] == ["missing-manifest", "unpinned-dependency"]


def test_one_file_can_stand_for_a_directory(rules):
    assert [f.source for f in load_rulebook([rules / "environment/missing-manifest.yaml"]).files] == [
        "missing-manifest.yaml"
    ]


def test_rules_are_read_out_of_an_archive(rules, tmp_path):
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        pack.writestr("rules/environment/missing-manifest.yaml", MISSING)
    with zipfile.ZipFile(archive) as pack:
        assert load_rulebook([zipfile.Path(pack, "rules/")]).rules == load_rulebook([rules], ["missing-manifest"]).rules


def test_select_keeps_and_ignore_leaves_out(rules):
    assert [r.id for r in load_rulebook([rules], select=["missing-manifest"]).rules] == ["missing-manifest"]
    assert [r.id for r in load_rulebook([rules], ignore=["missing-manifest"]).rules] == ["unpinned-dependency"]
    assert load_rulebook([rules], ["missing-manifest"], ["missing-manifest"]).rules == ()


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_an_unknown_rule_is_answered_with_the_closest(rules, option):
    with pytest.raises(UserError) as error:
        load_rulebook([rules], **{option: ["unpined-dependency"]})
    assert str(error.value) == 'No rule "unpined-dependency". Closest: unpinned-dependency. All: debtscan rules'


def test_the_digest_follows_the_rules_and_not_their_spelling(rules):
    digest = load_rulebook([rules]).digest
    write(
        rules,
        "environment/missing-manifest.yaml",
        "# a comment\n" + change(MISSING, "severity: low", "severity: 'low'"),
    )
    assert load_rulebook([rules]).digest == digest
    write(rules, "environment/missing-manifest.yaml", change(MISSING, "severity: low", "severity: medium"))
    assert load_rulebook([rules]).digest != digest
    assert load_rulebook([rules], select=["missing-manifest"]).digest != digest


def test_a_rulebook_finds_a_rule_and_sums_itself_up(rules):
    book = load_rulebook([rules])
    assert book.file("missing-manifest").rule.id == "missing-manifest"
    assert book.summary == RulebookSummary(digest=book.digest, rules=2)
    with pytest.raises(UserError, match=r'^No rule "missing"\. Closest: missing-manifest\. All: debtscan rules$'):
        book.file("missing")


def test_rules_of_an_installed_package_are_found(tmp_path, monkeypatch):
    package = tmp_path / "acme_rules"
    write(package, "__init__.py", "")
    write(package, "data/missing-manifest.yaml", MISSING)
    write(tmp_path / "acme_rules-1.0.dist-info", "entry_points.txt", "[debtscan.rules]\nacme = acme_rules\n")
    write(tmp_path / "acme_rules-1.0.dist-info", "METADATA", "Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    shipped, acme = rule_directories()
    assert shipped.name == "rules"
    assert [file.source for file in load_rulebook([acme]).files] == ["acme_rules/data/missing-manifest.yaml"]


def test_asking_rules_imports_nothing_heavy():
    heavy = "{'duckdb', 'numpy', 'pandas', 'pydantic', 'yaml'}"
    code = f"import sys, debtscan.rulebook.asking, debtscan.rulebook.waivers; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
