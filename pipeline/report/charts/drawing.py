"""From a specification of Vega-Altair to SVG that fits into a page: its colours, its words, nothing left over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal
from xml.etree import ElementTree as ET

from markupsafe import Markup

if TYPE_CHECKING:
    import altair as alt

SVG: Final = "http://www.w3.org/2000/svg"
# Half the width of a page: two charts beside each other on a desk, one on a phone or on paper.
WIDTH, HEIGHT = 460, 200
# Variables of the page's style sheet: both colour schemes give their own colours.
COLOURS: Final = tuple(f"var(--c{number})" for number in range(1, 7))
HEAT: Final = tuple(f"var(--h{number})" for number in range(1, 6))
# What was out of the ordinary: seen by its form too, not by its colour alone.
DIAMOND: Final[dict[str, Any]] = {
    "shape": "diamond", "size": 90, "color": "var(--bad)", "strokeWidth": 2, "filled": False
}  # fmt: skip
LOCALES: Final[dict[str, Literal["fr-FR", "en-US"]]] = {"fr": "fr-FR", "en": "en-US"}

# What the page says better, or what is the same for every mark.
_LEFT_OUT: Final = ("role", "aria-hidden", "aria-roledescription", "pointer-events", "font-family", "font-size")
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{2,}")
_CONFIG: Final[dict[str, Any]] = {
    "background": None,
    # Letters are a little larger on a phone: room for what stands at the side.
    "padding": {"left": 16, "top": 5, "bottom": 5, "right": 28},
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": "var(--soft)",
        "titleColor": "var(--soft)",
        "gridColor": "var(--line)",
        "domainColor": "var(--soft)",
        "tickColor": "var(--soft)",
    },
    "text": {"fontSize": 12, "fill": "var(--ink)"},
}


def over(rows: Sequence[Mapping[str, object]]) -> alt.Chart:
    """A chart of these rows, which travel inside its specification."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))


def draw(chart: alt.TopLevelMixin, label: str, language: str) -> Markup:
    """The chart as ``<svg role="img">`` with ``label`` for who cannot see it.

    Colours are the page's variables. A mark's description becomes its native tooltip.
    """
    import vl_convert

    locale = LOCALES[language]
    spec = chart.to_dict(validate=False)
    spec["config"] = _CONFIG
    text = vl_convert.vegalite_to_svg(spec, format_locale=locale, time_format_locale=locale)
    ET.register_namespace("", SVG)
    root = ET.fromstring(text)  # noqa: S314 - drawn here, from numbers and escaped texts
    _clean(root)
    root.attrib = {"viewBox": root.attrib["viewBox"], "class": "chart", "role": "img", "aria-label": label}
    # HTML knows what an svg is: the address of its name space would be the only one in the page.
    drawn = ET.tostring(root, encoding="unicode").replace(f' xmlns="{SVG}"', "", 1)
    return Markup(drawn)  # noqa: S704 - the tree escapes its texts


def _clean(element: ET.Element) -> None:
    """Take out what is not seen, and make descriptions tooltips."""
    for child in list(element):
        if _is_unseen(child):
            element.remove(child)
            continue
        _clean(child)
        described = child.attrib.pop("aria-label", None)
        if described and child.attrib.get("role") == "graphics-symbol" and child.tag == f"{{{SVG}}}path":
            ET.SubElement(child, f"{{{SVG}}}title").text = described
        for name in _LEFT_OUT:
            child.attrib.pop(name, None)
        for name, value in child.attrib.items():
            child.attrib[name] = _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value)


def _is_unseen(element: ET.Element) -> bool:
    if element.attrib.get("opacity") == "0" or element.attrib.get("display") == "none":
        return True
    return element.attrib.get("class") in ("background", "foreground")
