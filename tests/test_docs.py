"""The documentation says what the code does: generated pages are up to date and links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from debtscan.facts.schema import columns_of
from debtscan.scan.registry import row_types

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), ROOT / "debtscan/demo/README.md"])


def load_generator():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = load_generator()


def headings(page: Path) -> set[str]:
    return set(re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE))


def commands(command, name: str = "debtscan"):
    for child_name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield f"{name} {child_name}"
            yield from commands(child, f"{name} {child_name}")


@pytest.mark.parametrize("name", generate.FILES)
def test_a_generated_file_is_up_to_date(name):
    assert (ROOT / name).read_text("utf-8") == generate.FILES[name](), "make docs"


def test_every_rule_file_has_its_section():
    assert {file.stem for file in (ROOT / "rules").rglob("*.yaml")} <= headings(DOCS / "rules.md")


def test_every_column_has_its_row():
    text = (DOCS / "tables.md").read_text("utf-8")
    for table, row in row_types().items():
        (section,) = re.findall(rf"^## {table}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == [column.name for column in columns_of(row)]


def test_every_command_has_its_section():
    # The heading of a command goes on with its arguments.
    written = {re.sub(r" [\[A-Z].*", "", heading) for heading in headings(DOCS / "commands.md")}
    assert set(commands(generate.get_command(generate.app))) <= written


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page):
    targets = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_demo_names_rules_that_exist():
    found, not_asked = (ROOT / "debtscan/demo/README.md").read_text("utf-8").split("## Planted, and not asked for yet")
    rules = {file.stem for file in (ROOT / "rules").rglob("*.yaml")}
    assert set(re.findall(r"^\| `([a-z-]+)`", found, re.MULTILINE)) <= rules
    assert rules.isdisjoint(re.findall(r"^\| `([a-z-]+)`", not_asked, re.MULTILINE)), "move the row up"
