"""Small drawings for table cells and two figures, as SVG text.

They stretch with their column and their letters do not: positions are percentages, and what is drawn as a path lies in
an inner SVG that is stretched alone. Every colour stands as an attribute (for previewers and printers that drop style
sheets) and as a class (for the dark theme).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from debtscan.formats.html.palette import LIGHT
from debtscan.model import RebuildState

# class -> attributes; a class without an entry takes its look from its parent
_LOOKS = {
    "axis": {"stroke": LIGHT["rule"]},
    "range": {"fill": LIGHT["range"], "stroke": LIGHT["bar"]},
    "mean": {"stroke": LIGHT["ink"], "stroke-width": "3"},
    "bar": {"fill": LIGHT["bar"]},
    "ink": {"fill": LIGHT["ink"]},
    "zone": {"fill": LIGHT["sunk"]},
    "area": {"fill": LIGHT["h1"]},
    "line": {"fill": "none", "stroke": LIGHT["bar"], "stroke-width": "2.5", "vector-effect": "non-scaling-stroke"},
    "base": {"stroke": LIGHT["ctl"], "vector-effect": "non-scaling-stroke"},
    "label": {"fill": LIGHT["ink"], "font-size": "13"},
    "note": {"fill": LIGHT["ink2"], "font-size": "12"},
}
RANGE_HEIGHT = 20
_MARKS = {
    "yes": ('<circle class="yes" fill="{good}" cx="7" cy="7" r="6"/>'),
    "partly": (
        '<circle class="ring" fill="none" stroke="{warn}" stroke-width="1.6" cx="7" cy="7" r="5.2"/>'
        '<path class="half" fill="{warn}" d="M7 1.8a5.2 5.2 0 0 0 0 10.4z"/>'
    ),
    "no": '<path class="cross" fill="none" stroke="{bad}" stroke-width="2.6" d="M2 2L12 12M12 2L2 12"/>',
    "unknown": (
        '<circle class="open" fill="none" stroke="{ink2}" stroke-width="1.6" stroke-dasharray="2.2 2" cx="7" cy="7" r="5.2"/>'
    ),
}


def state_mark(state: RebuildState) -> Markup:
    """A disc, a half disc, a cross or a broken ring: the state told by shape, with colour second."""
    inside = _MARKS[state].format_map(LIGHT)
    return Markup(  # noqa: S704  ours
        f'<svg class="mark-{state}" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" focusable="false">{inside}</svg>'
    )


def _tag(name: str, look: str, content: str = "", **attributes: object) -> Markup:
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(f' {key}="{escape(value)}"' for key, value in ({"class": look} | _look(look) | given).items())
    return Markup(f"<{name}{written}>{escape(content)}</{name}>")  # noqa: S704  every value went through escape


def _look(look: str) -> dict[str, str]:
    return _LOOKS.get(look.split(maxsplit=1)[0], {})


def _svg(parts: Iterable[Markup], height: int, label: str | None = None) -> Markup:
    role = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true", "focusable": "false"}
    return _tag("svg", "fig", Markup("").join(parts), width="100%", height=height, **role)


def _percent(value: float, top: float) -> str:
    return f"{100 * value / top if top else 0:.2f}%"


def _range(low: float, mean: float, high: float, top: float, middle: int) -> list[Markup]:
    """Axis from zero to `top`, a box from low to high, a tick at the mean."""
    return [
        _tag("line", "axis", x1=0, x2="100%", y1=middle, y2=middle),
        _tag("rect", "range", x=_percent(low, top), y=middle - 6, width=_percent(high - low, top), height=12, rx=2),
        _tag("line", "mean", x1=_percent(mean, top), x2=_percent(mean, top), y1=middle - 9, y2=middle + 9),
    ]


def range_bar(low: float, mean: float, high: float, top: float) -> Markup:
    """A range in a table cell; the numbers stand beside it."""
    return _svg(_range(low, mean, high, top, RANGE_HEIGHT // 2), RANGE_HEIGHT)


def range_strip(low: float, mean: float, high: float, labels: tuple[str, str, str], spoken: str) -> Markup:
    """A range with its three numbers written below it, on a scale from zero."""
    top = high * 1.1
    # A number that lies too near its neighbour would cover it; the ends are kept.
    near = top * 0.15
    zero = [("0", 0.0, "note", "start")] if low > near else []
    marks = (*zero, (labels[0], low, "label", "middle"), (labels[2], high, "label", "middle"))
    texts = [_text(text, _percent(at, top), 37, look, anchor) for text, at, look, anchor in marks]
    if min(mean - low, high - mean) > near / 2:
        texts.append(_text(labels[1], _percent(mean, top), 37, "label strong", "middle"))
    return _svg([*_range(low, mean, high, top, 12), *texts], 40, spoken)


def _text(text: str, x: str, y: float, look: str, anchor: str, dx: int = 0) -> Markup:
    shift = {"dx": dx} if dx else {}
    return _tag("text", look, text, x=x, y=f"{y:.1f}", text_anchor=anchor, **shift)


def bar(value: float, top: float) -> Markup:
    """One bar from zero, as long as the value."""
    return _svg([_tag("rect", "bar", x=0, y=4, width=_percent(value, top), height=8)], 16)


def split_bar(parts: Sequence[tuple[str, float]]) -> Markup:
    """A whole in up to three parts, in light, middle and dark; the parts are named in the text before it."""
    total = sum(value for _, value in parts)
    shapes, at = [], 0.0
    for (text, value), look in zip(parts, ("range", "bar", "ink"), strict=False):
        x = _percent(at, total)
        shapes.append(_tag("rect", look, x=x, y=1, width=_percent(value, total), height=14))
        if total and value / total > 0.16:
            shapes.append(_text(text, x, 32, "note wide", "start"))
        at += value
    return _svg(shapes, 36)


@dataclass(frozen=True)
class Step:
    """One move on the payback curve: what it takes, and what it leaves."""

    label: str
    spent: float
    left: float


HEIGHT = 190
HEADROOM = 1.25
"""Of the highest value: the labels above the line need room."""


def payback_curve(
    today: float, steps: Sequence[Step], first: int, labels: tuple[str, str, str], title: str, ticks: Sequence[float]
) -> Markup:
    """Hours a month left (height) after so many hours spent (width), one step a move.

    The first `first` steps lie on a shaded ground. `labels` name the level today, after those and at the end.
    """
    width, top = steps[-1].spent, today * HEADROOM

    def y(left: float) -> float:
        return HEIGHT * (1 - left / top)

    levels, moves = [today, *(step.left for step in steps)], [0.0, *(step.spent for step in steps)]
    path = f"M0 {y(today):.1f}" + "".join(f" H{1000 * step.spent / width:.1f} V{y(step.left):.1f}" for step in steps)
    ground = moves[first]
    shapes = [
        _tag("rect", "zone", x=0, y=0, width=f"{1000 * ground / width:.1f}", height=HEIGHT),
        _tag("path", "area", d=f"{path} V{HEIGHT} H0 Z"),
        _tag("path", "line", d=path),
        _tag("line", "base", x1=0, x2=1000, y1=HEIGHT, y2=HEIGHT),
    ]
    inner = _tag(
        "svg", "plot", Markup("").join(shapes), x=0, y=0, width="100%", height=HEIGHT,
        viewBox=f"0 0 1000 {HEIGHT}", preserveAspectRatio="none",
    )  # fmt: skip
    texts = [_text(labels[0], "0%", y(today) - 22, "label strong", "start")]
    if first:
        texts.append(
            _text(labels[1], _percent(ground, width), y(levels[first]) - 22, "label strong wide", "start", dx=8)
        )
    texts.append(_text(labels[2], "100%", y(levels[-1]) + 18, "label wide", "end", dx=-4))
    for index, step in enumerate(steps):
        room, middle = step.spent - moves[index], (step.spent + moves[index]) / 2
        if room > width * 0.04:
            texts.append(_text(step.label, _percent(middle, width), y(levels[index]) - 6, "label strong", "middle"))
    texts += [
        _text(f"{tick:,.0f} h", _percent(tick, width), 208, "note", "middle" if tick else "start") for tick in ticks
    ]
    return _svg([inner, *texts], 216, title)
