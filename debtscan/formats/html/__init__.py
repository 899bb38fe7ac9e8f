"""The report for people: one HTML file that loads nothing, runs nothing foreign, and prints.

Every number and sentence is made in Python (`narrative` and the modules beside this one, a section each) and tested
there; templates only lay out. All text of a scanned repository passes `visible` and is escaped on its way out, and a
content security policy lets nothing run but the style and script whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from debtscan.formats.html import palette
from debtscan.formats.html.account import account
from debtscan.formats.html.categories import categories
from debtscan.formats.html.estimates import estimates
from debtscan.formats.html.limits import glossary, limits, reproduce
from debtscan.formats.html.moves import moves
from debtscan.formats.html.payback import payback
from debtscan.formats.html.places import places
from debtscan.formats.html.rebuilds import rebuilds
from debtscan.formats.html.summary import summary, version
from debtscan.formats.html.versions import versions
from debtscan.model import Report
from debtscan.narrative.labels import subject
from debtscan.narrative.moves import next_command
from debtscan.narrative.numbers import date
from debtscan.narrative.reading import manners
from debtscan.shipped import shipped
from debtscan.text import shorten, visible

STYLES = ("base", "page", "narrow", "print")
LONGEST = 1200
"""Letters of one text. No text of ours is longer; a file name can be."""


def render(report: Report) -> bytes:
    """The report as one HTML file; the same report gives the same bytes."""
    css, js = _css(), _read("report.js")
    page = (
        _environment()
        .get_template("report.html")
        .render(
            csp=_policy(css, js),
            css=Markup(css),  # noqa: S704  ours
            js=Markup(js),  # noqa: S704  ours
            summary=summary(report),
            moves=moves(report),
            rebuilds=rebuilds(report),
            versions=versions(report),
            categories=categories(report),
            places=places(report),
            payback=payback(report),
            estimates=estimates(report),
            account=account(report),
            limits=limits(report),
            glossary=glossary(report),
            source=_source(report),
            made_by=f"{report.tool.name} {report.tool.version}",
            made_on=date(report.generated_at),
            rulebook=report.rulebook.digest,
            seed=report.seed,
            reproduce=reproduce(report),
            manners=manners(report),
            next=next_command(report),
        )
    )
    return page.encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read(name: str) -> str:
    return shipped("templates").joinpath(*name.split("/")).read_text("utf-8")


def _shown(value: object) -> object:
    """What a template writes: our own markup as it is, all other text made visible and kept to a length."""
    return visible(shorten(value, LONGEST)) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _css() -> str:
    font = base64.b64encode((shipped("templates") / "fonts" / "ds-serif-semibold.woff2").read_bytes()).decode("ascii")
    sheets = [_read(f"css/{name}.css") for name in STYLES]
    return (palette.css() + "".join(sheets)).replace("@FONT@", font)


def _policy(css: str, js: str) -> str:
    return (
        f"default-src 'none'; style-src {_digest(css)}; script-src {_digest(js)}; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


def _source(report: Report) -> str:
    """The line under a figure: what it was made from."""
    at = f" at {version(report.repositories[0])}" if len(report.repositories) == 1 else ""
    hours = "default hours" if not report.settings.calibrated_rules else "hours partly your own"
    return f"Source: {report.tool.name} {report.tool.version}, {subject(report)}{at}, {hours}, seed {report.seed}."
