"""The HTML report in Chromium: it fits, stays silent, asks nobody, and its script only helps."""

from __future__ import annotations

import re
import shutil

import pytest
from hostile_report import HOSTILE, LONG
from msgspec.structs import replace
from sample_report import CHURN, FINDINGS
from sample_states import STATES

from debtscan.formats import html

pytestmark = pytest.mark.browser
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SPACING = (  # WCAG 1.4.12
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
    "p { margin-bottom: 2em !important; }"
)


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="no playwright here: pip install playwright")
    with api.sync_playwright() as driver:
        instance = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield instance
        instance.close()


@pytest.fixture(scope="module")
def expect(browser):
    from playwright.sync_api import expect

    return expect


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Render a report once, by name."""
    folder, made = tmp_path_factory.mktemp("reports"), {}

    def write(name, report):
        if name not in made:
            made[name] = folder / f"{len(made)}.html"
            made[name].write_bytes(html.render(report))
        return made[name].as_uri()

    return write


@pytest.fixture
def open_page(browser):
    """Open an address; at the end, nothing may have been said, asked for or violated."""
    contexts = []

    def open_(url, width=1440, height=900, silent=True, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page, said, asked = context.new_page(), [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        contexts.append((context, said, asked, url, silent))
        return page

    yield open_
    for context, said, asked, url, silent in contexts:
        context.close()
        assert not silent or (said, [one for one in asked if one != url and not one.startswith("data:")]) == ([], [])


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


REPORTS = {**STATES, "hostile": HOSTILE, "long": LONG}


@pytest.mark.parametrize("name", REPORTS)
def test_no_report_scrolls_sideways_at_any_width(open_page, address, name):
    page = open_page(address(name, REPORTS[name]))
    for width in (320, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, overflow(page)) == (width, 0)


def test_wider_text_spacing_does_not_push_the_page_sideways(open_page, address):
    page = open_page(address("churn", CHURN), width=320, bypass_csp=True)
    page.add_style_tag(content=SPACING)
    assert overflow(page) == 0


def test_the_first_screen_holds_answer_figures_and_moves(open_page, address):
    page = open_page(address("churn", CHURN))
    assert page.evaluate("document.getElementById('moves').getBoundingClientRect().bottom") <= 920
    lines = "e => Math.round(e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight))"
    assert page.locator("h1").evaluate(lines) <= 3
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.locator("h1").evaluate(lines) <= 6


def test_the_policy_stops_what_somebody_might_put_into_the_page(open_page, address):
    page = open_page(address("churn", CHURN), silent=False)
    stopped = page.evaluate(
        """() => new Promise(done => {
            document.addEventListener("securitypolicyviolation", event => done(event.violatedDirective));
            const image = new Image(); image.src = "https://example.org/x.png"; document.body.append(image);
        })"""
    )
    assert stopped == "img-src"


def test_hostile_text_runs_nothing_and_makes_no_element(open_page, address):
    page = open_page(address("hostile", HOSTILE))
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
    assert page.locator("style").count() == 1


def test_the_theme_follows_the_system_and_the_button(open_page, address):
    ground = "getComputedStyle(document.body).backgroundColor"
    page = open_page(address("churn", CHURN), color_scheme="dark")
    assert page.evaluate(ground) == "rgb(16, 22, 29)"
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(ground) == "rgb(251, 250, 247)"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_a_column_is_sorted_by_keyboard_and_says_so(open_page, address):
    page = open_page(address("churn", CHURN))
    first = page.locator("#prices tbody").first
    assert "unversioned-data" in first.inner_text()
    page.locator("#prices [data-key=waiting]").focus()
    page.keyboard.press("Enter")
    assert "copied-pipeline" in first.inner_text()
    assert page.locator("#prices th[aria-sort=descending]").inner_text() == "Hours a month"
    page.keyboard.press("Enter")
    assert page.locator("#prices th[aria-sort=ascending]").inner_text() == "Hours a month"


def test_search_and_filters_narrow_the_estimates_and_announce_it(open_page, address, expect):
    page = open_page(address("churn", CHURN))
    status, shown = page.locator("#status"), page.locator("#prices tbody:visible")
    page.locator("#query").fill("shap")
    expect(status).to_have_text("1 of 11 causes, 1 finding, 1.7 hours together.")
    assert shown.locator(".finding:visible").count() == 1
    page.locator("#query").fill("no such thing")
    expect(status).to_have_text("No finding matches. Clear a filter to see more.")
    page.get_by_role("button", name="Clear").click()
    expect(status).to_have_text("11 of 11 causes, 21 findings, 95.4 hours together.")
    page.get_by_role("link", name="Environment", exact=True).click()
    expect(status).to_have_text("3 of 11 causes, 5 findings, 6.3 hours together.")
    assert shown.count() == 3


def many(amount):
    findings = tuple(
        replace(
            FINDINGS[index % 20], id=f"{index:016x}", path=f"src/module_{index}.py", message=f"finding number {index}"
        )
        for index in range(amount)
    )
    return replace(CHURN, findings=findings)


def test_packed_findings_are_shown_on_demand_and_found_by_search(open_page, address, expect):
    page = open_page(address("many", many(10_000)))
    assert page.evaluate("document.querySelectorAll('*').length") < 4000
    findings = page.locator("#e-1 .finding")
    page.locator("#e-1 summary").click()
    before = findings.count()
    page.locator("#e-1").get_by_role("button", name="Show more").click()
    expect(findings).to_have_count(before + 25)
    page.locator("#query").fill("module_4321.py")
    expect(page.locator("#status")).to_contain_text("1 of 10 causes, 1 finding,")


def test_without_a_script_the_report_is_complete_and_has_no_dead_control(open_page, address):
    page = open_page(address("churn", CHURN), java_script_enabled=False)
    assert page.locator("button:visible:enabled, input:visible, select:visible").count() == 0
    page.locator("#e-1 summary").click()
    assert page.locator("#e-1 .finding:visible").count() == 3
    assert page.locator("#limits").is_visible()


def test_every_control_shows_its_focus_and_is_large_enough(open_page, address):
    page = open_page(address("churn", CHURN))
    seen = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        look = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
            return [e.tagName, e.textContent.slice(0, 40), s.outlineStyle, Math.round(Math.max(r.height, 0))]; }"""
        )
        if look[0] == "BODY":
            break
        seen.add(tuple(look))
    assert len(seen) > 40
    assert {look for look in seen if look[2] != "solid"} == set()
    assert {look for look in seen if look[3] < 24} == set()


@pytest.mark.parametrize("name", ["churn", "nothing found", "dormant"])
def test_on_paper_it_has_few_pages_and_the_first_holds_the_moves(open_page, address, name):
    page = open_page(address(name, REPORTS[name]))
    paper = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 4
    assert len(paper) < 1_000_000
    assert b"/StructTreeRoot" in paper
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1035})  # A4 without its margins
    bottom = page.evaluate(
        "(document.getElementById('moves') || document.querySelector('.hero')).getBoundingClientRect().bottom"
    )
    assert bottom <= 1035
    assert overflow(page) == 0
