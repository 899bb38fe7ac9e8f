"""The HTML report: complete without a script, closed to the outside, and its numbers add up."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hostile_report import HOSTILE, LONG, PAYLOAD
from msgspec.structs import replace
from sample_report import CHURN, FINDINGS
from sample_states import STATES

from debtscan.formats import html
from debtscan.formats import json as report_json
from debtscan.formats.html.figures import range_strip
from debtscan.formats.html.palette import DARK, LIGHT
from debtscan.narrative.numbers import UNKNOWN
from debtscan.text import visible

BASE, EACH = 250_000, 70


class Page(HTMLParser):
    """Elements in order, with their attributes and the text inside."""

    def __init__(self, document: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(document.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def text_of(document: bytes) -> str:
    """What a reader sees, tags away, spaces as one."""
    body = document.decode().split("<body>")[1].split("<script")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    return {name: html.render(report) for name, report in STATES.items()}


@pytest.mark.parametrize("state", STATES)
def test_the_same_report_gives_the_same_bytes_also_after_it_was_saved(pages, state):
    assert html.render(STATES[state]) == pages[state]
    assert html.render(report_json.load(report_json.render(STATES[state]))) == pages[state]


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_a_whole_page(pages, state):
    page = Page(pages[state])
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert [attributes["lang"] for attributes in page.named("html")] == ["en"]
    assert len(page.named("main")) == len(page.named("title")) == 1
    assert len(page.named("table")) == len(page.named("caption"))
    assert all("scope" in attributes for attributes in page.named("th"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"][1:] for attributes in page.named("a")}
    assert targets <= set(ids)


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_loaded_and_nothing_is_styled_or_scripted_in_place(pages, state):
    page = Page(pages[state])
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag
        sources = [attributes.get(name) or "" for name in ("src", "href", "action", "data", "xlink:href")]
        assert not [source for source in sources if source and not source.startswith(("#", "data:"))]
    css = pages[state].decode().split("<style>")[1].split("</style>")[0]
    assert set(re.findall(r"url\((.{5})", css)) == {"data:"}
    assert "@import" not in css


def test_the_policy_names_the_style_and_the_script_that_are_there(pages):
    document = pages["churn"].decode()
    policy = Page(pages["churn"]).named("meta")[1]["content"]
    style = document.split("<style>")[1].split("</style>")[0]
    script = document.split("<script>")[1].split("</script>")[0]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def table(document: bytes, anchor: str) -> list[list[str]]:
    """The rows of the first table after an anchor, as texts."""
    source = document.decode().split(f'id="{anchor}"')[1].split("</table>")[0].split("<thead>")[1]
    rows = re.findall(r"<tr.*?</tr>", re.sub(r"<svg.*?</svg>", "", source, flags=re.S), flags=re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.S) for row in rows]
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def column(rows: list[list[str]], index: int) -> float:
    return sum(float(row[index]) for row in rows if len(row) > abs(index) and re.fullmatch(r"[\d.]+", row[index]))


def test_each_ingredient_has_its_word_its_fact_and_a_way_to_the_findings(pages):
    page = pages["rebuilt in part"]
    assert table(page, "rebuild") == [
        ["Training entry point", "Data", "Code", "Verdict"],
        ["train.pyline 9", "nodata/rows.csv is not in git line 4", "yesit parses", "nodata"],
        ["retrain.ipynbcell 4", "not knowndecided when it runs",
         "partly&lt;b&gt;left&lt;/b&gt; to the reader a.py:1", "not knowndata"],
    ]  # fmt: skip
    link = re.search(rb'<a href="#(e-\d+)">data/rows.csv is not in git</a>', page)
    row = page.decode().split(f'id="{link[1].decode()}"')[1].split("</tbody>")[0]
    assert f'<span class="rule">{CHURN.findings[0].rule}</span>' in row


def test_the_versions_stand_by_witness_and_those_that_exclude_each_other_come_first(pages):
    page = pages["rebuilt in part"]
    assert table(page, "built-with") == [
        ["Part", "Declared", "Image", "Notebook", "Most agree on"],
        ["Python", UNKNOWN, "3.10", "3.8.13", "cannot be told differs"],
        ["torch", "any, ==2.1.0", UNKNOWN, UNKNOWN, "2.1.0"],
        ["torchserve", "&gt;=2", UNKNOWN, UNKNOWN, "cannot be told"],
    ]  # fmt: skip
    assert "Two witnesses name two versions of Python" in page.decode()


def test_every_table_with_a_total_row_adds_up_to_the_headline(pages):
    total, waiting = "95.4", "12.0"
    categories = table(pages["churn"], "categories")
    assert categories[-1][2] == total
    assert column(categories[1:-1], 2) == pytest.approx(95.4)
    assert column(categories[1:-1], 5) == pytest.approx(12.0)
    places = table(pages["churn"], "places")
    assert places[-1][-3:-1] == [total, waiting]
    assert column(places[1:-1], -3) == pytest.approx(95.4)
    assert column(places[1:-1], -2) == pytest.approx(12.0)
    assert sum(float(cell) for cell in places[-1][1:-3]) == pytest.approx(95.4)
    estimates = [row for row in table(pages["churn"], "estimates") if len(row) == 7]
    assert estimates[-1][2] == total
    assert column(estimates[1:-1], 2) == pytest.approx(95.4)
    assert column(estimates[1:-1], 6) == 21  # the total row counts the twenty that have a price


def test_the_headline_of_a_figure_repeats_the_numbers_of_its_table(pages):
    text = text_of(pages["churn"])
    assert "63 of the 95 hours to repay lie in data and pipelines" in text  # 36.8 + 26.1
    assert "service/ took 431 of 512 changes and holds none of its own" in text
    assert "Three moves take 36 of the 95 hours and should end 5.5 of the 12.0 hours a month" in text


def test_what_is_not_known_is_said_and_never_a_zero(pages):
    text = text_of(pages["no history"])
    assert "Waiting Not known No change history was read" in text
    assert "0.0" not in text
    assert "What pays back" not in text
    assert "Not asked: known vulnerabilities: no advisory source given" in text_of(pages["nothing found"])
    assert "Not known No rule could run" in text_of(pages["nothing ran"])


def test_no_rate_means_no_money_anywhere(pages):
    assert "€" not in text_of(pages["no rate"])
    assert "€8.8k" in text_of(pages["churn"])


def test_waived_findings_stay_listed_with_reason_and_date(pages):
    text = text_of(pages["all waived"])
    assert "Waived: not counted above" in text
    assert text.count("archived in January") == len(FINDINGS)
    assert text.count("2027-01-31") == len(FINDINGS)


def test_findings_of_a_baseline_are_told_from_new_ones():
    known = tuple(replace(finding, known=index > 1) for index, finding in enumerate(FINDINGS))
    text = text_of(html.render(replace(CHURN, findings=known)))
    assert "Since the baseline 2 new 19 findings of today stood in the baseline." in text


def test_a_report_read_from_a_changed_work_tree_says_so():
    changed = replace(CHURN.repositories[0], dirty=True, changed_files=3)
    assert "3 changed files read as they lie on disk" in text_of(html.render(replace(CHURN, repositories=(changed,))))


def test_hostile_names_add_no_element_and_no_attribute(pages):
    def shape(document):
        return [(tag, sorted(attributes)) for tag, attributes in Page(document).elements]

    hostile = html.render(HOSTILE)
    # A number may lose its place among the drawings (a range without a currency sign), never the other way round.
    assert set(map(str, shape(hostile))) <= set(map(str, shape(pages["churn"])))
    assert len(shape(hostile)) <= len(shape(pages["churn"]))
    assert not {character for character in hostile.decode() if visible(character) != character} - {"\n"}
    assert r"\u202e\u0000\u001b[31m\u009b\u2028\u2066\n" in hostile.decode()
    assert "<img" not in hostile.decode()
    assert PAYLOAD.encode() not in hostile


def many(amount: int, long: str = "") -> bytes:
    """One estimate with so many findings, each with a path and a message of its own."""
    digests = [hashlib.sha256(str(index).encode()).hexdigest() for index in range(amount)]
    findings = tuple(
        replace(
            FINDINGS[index % 20],
            id=digest[:16],
            path=f"src/{digest[16:20]}/{digest[20:26]}.py{long}",
            message=f"{digest[30:36]} is read from a path of one machine{long}",
            principal_hours_mean=1 / (index + 1),
        )
        for index, digest in enumerate(digests)
    )
    return html.render(replace(CHURN, findings=findings))


def packed(document: bytes) -> dict[str, list[list[str]]]:
    text = document.decode().split('id="packed">')[1].split("</script>")[0]
    return json.loads(gzip.decompress(base64.b64decode(text)))


@pytest.mark.parametrize("amount", [200, 2000, 10_000])
def test_the_file_stays_within_its_budget_and_keeps_the_dearest_findings(amount):
    document = many(amount)
    assert len(document) <= BASE + EACH * amount
    inside = document.count(b'class="finding"')
    assert inside == 100
    rest = sum(map(len, packed(document).values()))
    left_out = re.search(r"The (\d+) cheapest findings are only in report.json", document.decode())
    assert inside + rest + (int(left_out[1]) if left_out else 0) == amount
    assert rest >= amount / 2


def test_long_names_are_cut_in_the_middle_and_do_not_break_the_budget():
    document = html.render(LONG)
    assert len(document) <= BASE + EACH * len(FINDINGS)
    assert "d" * 200 not in document.decode().split("<body>")[1].split('class="body"')[1]
    assert len(many(2000, "/long" * 800)) <= BASE + EACH * 2000


def test_more_estimates_than_rows_are_summed_in_one_row():
    estimates = tuple(
        replace(
            CHURN.estimates[index % 10],
            id=f"rule-{index}@churn",
            principal_hours=replace(CHURN.totals.principal_hours, mean=2.0),
        )
        for index in range(80)
    )
    totals = replace(CHURN.totals, principal_hours=replace(CHURN.totals.principal_hours, mean=160.0))
    document = html.render(replace(CHURN, estimates=estimates, totals=totals, findings=FINDINGS[:1]))
    rows = [row for row in table(document, "estimates") if len(row) == 7]
    assert rows[-2][0].startswith("30 more estimates and 1 rule without a price")
    assert rows[-2][2] == "60.0"
    assert column(rows[1:-2], 2) == pytest.approx(100.0)
    assert len(document) < BASE


def test_places_beyond_twelve_are_one_row_and_the_table_still_adds_up():
    whole, *others = CHURN.by_place
    small = tuple(
        replace(others[0], path=f"part{index}/", principal_hours_mean=79.7 / 30, interest_hours_per_month_mean=9.1 / 30)
        for index in range(30)
    )
    rows = table(html.render(replace(CHURN, by_place=(*small, whole))), "places")
    assert rows[1][0].startswith("The repository as a whole")
    assert rows[-2][0] == "19 other placestogether"
    assert len(rows) == 1 + 12 + 1 + 1
    assert column(rows[1:-1], -3) == pytest.approx(95.4)
    assert column(rows[1:-1], -2) == pytest.approx(12.0)


def test_one_move_makes_no_curve():
    assert "What pays back" not in text_of(html.render(replace(CHURN, moves=CHURN.moves[:1])))
    assert "What pays back" in text_of(html.render(CHURN))


@pytest.mark.parametrize(
    ("low", "mean", "high", "shown"),
    [(42.0, 95.0, 163.0, ["0", "7 days", "27", "16"]), (3.0, 95.0, 163.0, ["7 days", "27", "16"]),
     (90.0, 95.0, 99.0, ["0", "7 days", "27"])],
)  # fmt: skip
def test_numbers_under_a_range_never_cover_each_other(low, mean, high, shown):
    drawing = range_strip(low, mean, high, ("7 days", "16", "27"), "Range from 7 to 27 days")
    assert re.findall(r"<text[^>]*>([^<]*)<", drawing) == shown


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_a_contrast_of_four_and_a_half_and_shapes_of_three(tokens):
    grounds = [tokens["bg"], tokens["surf"], tokens["sunk"]]
    for name in ("ink", "ink2", "accent", "bad", "good", "warn"):
        assert min(contrast(tokens[name], ground) for ground in grounds) >= 4.5, name
    for name in ("bar", "ctl"):
        assert min(contrast(tokens[name], ground) for ground in grounds) >= 3.0, name
    for step, text in (("h0", "ink2"), ("h1", "ink"), ("h2", "ink"), ("h3", "on-h3"), ("h4", "on-h5"), ("h5", "on-h5")):
        assert contrast(tokens[text], tokens[step]) >= 4.5, step
