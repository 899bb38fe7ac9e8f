"""The report's colours, once: for the style sheet, and for SVG attributes that survive where style sheets do not.

Contrast was chosen for text at 4.5 to 1 and for shapes at 3 to 1 on `bg`, `surf` and `sunk`; a test holds it.
"""

from __future__ import annotations

LIGHT = {
    "bg": "#FBFAF7",
    "surf": "#FFFFFF",
    "sunk": "#F2EFE8",
    "ink": "#17202B",
    "ink2": "#4A5563",
    "rule": "#D9D4C8",
    "ctl": "#7A7F87",
    "accent": "#0A5A74",
    "bar": "#2F7F9B",
    "range": "#9CC4D2",
    "bad": "#A32D18",
    "good": "#1F6B45",
    "warn": "#8A5300",
    "h0": "#FBFAF7",
    "h1": "#E3EEF2",
    "h2": "#B9D8E3",
    "h3": "#7FB6CB",
    "h4": "#2A7792",
    "h5": "#0A4459",
    "on-h3": "#17202B",
    "on-h5": "#FFFFFF",
}
DARK = {
    "bg": "#10161D",
    "surf": "#182029",
    "sunk": "#0B1016",
    "ink": "#ECF0F4",
    "ink2": "#AEB8C4",
    "rule": "#33404D",
    "ctl": "#7C8997",
    "accent": "#7CC7E0",
    "bar": "#5FB1CC",
    "range": "#2E6579",
    "bad": "#FF9B85",
    "good": "#79D3A4",
    "warn": "#F0BE6A",
    "h0": "#182029",
    "h1": "#1D3440",
    "h2": "#234E60",
    "h3": "#2E7088",
    "h4": "#6DB9D2",
    "h5": "#C5E9F5",
    "on-h3": "#ECF0F4",
    "on-h5": "#0B1016",
}


def css() -> str:
    """Custom properties: light, dark by system, either by choice, and paper, which is always light on white."""
    light, dark = _properties(LIGHT, "light"), _properties(DARK, "dark")
    return (
        f":root {{{light}}}\n"
        f"@media (prefers-color-scheme: dark) {{:root:not([data-theme=light]) {{{dark}}}}}\n"
        f":root[data-theme=dark] {{{dark}}}\n"
        f"@media print {{:root, :root[data-theme=dark] {{{_properties(LIGHT | {'bg': '#FFFFFF', 'h0': '#FFFFFF'}, 'light')}}}}}\n"
    )


def _properties(tokens: dict[str, str], scheme: str) -> str:
    return f"color-scheme:{scheme};" + "".join(f"--{name}:{colour};" for name, colour in tokens.items())
