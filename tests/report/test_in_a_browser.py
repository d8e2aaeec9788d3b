"""The report in a real browser: asks for nothing, is seen in both colour schemes, on a phone, by keyboard, on paper."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator

import pytest

from pipeline.errors import ConfigError
from pipeline.report import browser
from pipeline.report.browser import Tab
from tests.report.pages import LANGUAGES, large

pytestmark = pytest.mark.servers

DESK, PHONE = 1200, 390
# WCAG 2.2, 1.4.3 for text and 1.4.11 for what is drawn.
TEXT, DRAWN = 4.5, 3.0

# Relative luminance and contrast as WCAG defines them, over whatever lies behind an element in its ancestors.
CONTRAST = """
(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (element) => {
    const own = read(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    return over(own, element.parentElement ? behind(element.parentElement) : [255, 255, 255, 1]);
  };
  const light = (c) => [0, 1, 2].map((i) => c[i] / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const shown = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible';
  const text = [], drawn = [];
  for (const details of document.querySelectorAll('details')) details.open = true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || element.closest('title')) continue;
    const colour = element instanceof SVGElement ? getComputedStyle(element).fill : getComputedStyle(element).color;
    const under = behind(element instanceof SVGElement ? element.closest('svg').parentElement : element);
    text.push([ratio(over(read(colour), under), under), node.data.trim().slice(0, 40)]);
  }
  for (const mark of document.querySelectorAll('svg .role-mark path')) {
    const style = getComputedStyle(mark);
    const under = behind(mark.closest('svg').parentElement);
    const colours = [style.stroke, style.fill].filter((c) => c !== 'none').map(read).filter((c) => c[3] > 0);
    if (!colours.length || mark.parentElement.classList.contains('mark-area')) continue;
    const best = Math.max(...colours.map((c) => ratio(over(c, under), under)));
    drawn.push([best, mark.parentElement.getAttribute('class')]);
  }
  return { text, drawn };
})()
"""


@pytest.fixture(scope="module")
def program() -> str:
    try:
        return browser.find(os.environ)
    except ConfigError as none:
        pytest.skip(str(none))


@pytest.fixture
def tab(program: str) -> Iterator[Tab]:
    with browser.opened(program) as tab:
        yield tab


def look(tab: Tab, page: str, *, width: int = DESK, scheme: str = "light") -> None:
    tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width == PHONE)
    tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    tab.show(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_complained_of_and_nothing_leaves_the_page(tab: Tab, language: str) -> None:
    look(tab, large().page(language))
    tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    tab.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    told = [event["method"] for event in tab.events]
    assert not [
        name for name in told if name in {"Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"}
    ]
    asked = [
        event["params"]["request"]["url"] for event in tab.events if event["method"] == "Network.requestWillBeSent"
    ]
    assert asked == []


def test_a_page_that_did_ask_would_be_seen_to(tab: Tab) -> None:
    """The checks above can fail: without the page's policy a picture is asked for, and with it that is refused."""
    look(tab, "<img src='http://192.0.2.1/x.png'>")
    tab.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert "Network.requestWillBeSent" in [event["method"] for event in tab.events]
    policy = re.search(r"<meta http-equiv=.*?>", large().page("en"))
    assert policy is not None
    tab.events.clear()
    look(tab, f"<head>{policy[0]}</head><img src='http://192.0.2.1/y.png'>")
    tab.evaluate("new Promise((done) => setTimeout(done, 300))")
    seen = [event["params"]["entry"]["text"] for event in tab.events if event["method"] == "Log.entryAdded"]
    assert any("Content Security Policy" in text for text in seen)


def test_every_chart_has_marks_that_are_seen(tab: Tab) -> None:
    look(tab, large().page("fr"))
    charts = tab.evaluate(
        "[...document.querySelectorAll('svg')].map((chart) => [...chart.querySelectorAll('.role-mark path')]"
        ".filter((mark) => { const box = mark.getBoundingClientRect(); return box.width + box.height > 1 }).length)"
    )
    assert len(charts) >= 12
    assert min(charts) >= 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_charts_stand_out_from_what_is_behind_them(tab: Tab, scheme: str) -> None:
    look(tab, large().page("en"), scheme=scheme)
    found = tab.evaluate(CONTRAST)
    assert len(found["text"]) > 1000
    assert [each for each in found["text"] if each[0] < TEXT] == []
    assert len(found["drawn"]) > 100
    assert [each for each in found["drawn"] if each[0] < DRAWN] == []


def test_the_dark_scheme_is_dark(tab: Tab) -> None:
    look(tab, large().page("en"), scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 26, 36)"


@pytest.mark.parametrize("width", [PHONE, 768, DESK])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_scrolls_sideways_and_nothing_is_cut_off(tab: Tab, width: int, language: str) -> None:
    look(tab, large().page(language), width=width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    outside = tab.evaluate(
        "[...document.querySelectorAll('svg')].flatMap((chart) => { const box = chart.getBoundingClientRect();"
        "return [...chart.querySelectorAll('text')].filter((text) => { const at = text.getBoundingClientRect();"
        "return at.left < box.left - 1 || at.right > box.right + 1 }).map((text) => text.textContent) })"
    )
    assert outside == []
    if width == PHONE:
        sizes = tab.evaluate(
            "[...document.querySelectorAll('svg text')].map((text) => text.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 10, "letters in charts can be read"


def test_labels_of_an_axis_do_not_run_into_each_other(tab: Tab) -> None:
    for width in (PHONE, DESK):
        look(tab, large().page("fr", "2026-10"), width=width)
        overlaps = tab.evaluate(
            "[...document.querySelectorAll('svg .role-axis-label')].flatMap((axis) => {"
            "const boxes = [...axis.querySelectorAll('text')].map((text) => text.getBoundingClientRect());"
            "return boxes.slice(1).filter((box, i) => box.left < boxes[i].right && boxes[i].left < box.right"
            " && box.top < boxes[i].bottom && boxes[i].top < box.bottom).map((box) => box.left) })"
        )
        assert overlaps == []


def press(tab: Tab, key: str) -> None:
    code = {"Tab": 9, "Enter": 13}[key]
    more = {"text": "\r"} if key == "Enter" else {}
    tab.ask("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **more)
    tab.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)


FOCUSED = (
    "(() => { const here = document.activeElement; const style = getComputedStyle(here);"
    "const all = [...document.querySelectorAll('*')];"
    "return { tag: here.tagName, place: all.indexOf(here), href: here.getAttribute('href'),"
    " outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,"
    " seen: here.getBoundingClientRect().width > 0 } })()"
)


def test_a_keyboard_reaches_everything_in_the_order_it_is_read(tab: Tab) -> None:
    look(tab, large().page("fr"))
    press(tab, "Tab")
    first = tab.evaluate(FOCUSED)
    assert first["href"] == "#main"
    assert first["seen"]
    seen = [first]
    for _ in range(40):
        press(tab, "Tab")
        seen.append(tab.evaluate(FOCUSED))
    places = [each["place"] for each in seen]
    assert places == sorted(set(places))
    assert all(each["outline"] for each in seen)
    assert {each["tag"] for each in seen} >= {"A", "DIV", "SUMMARY"}


def test_the_skip_link_leads_past_the_contents(tab: Tab) -> None:
    look(tab, large().page("fr"))
    press(tab, "Tab")
    press(tab, "Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_the_numbers_behind_a_chart_open_by_keyboard(tab: Tab) -> None:
    look(tab, large().page("fr"))
    tab.evaluate("document.querySelector('figure summary').focus()")
    press(tab, "Enter")
    assert tab.evaluate("document.querySelector('figure details').open")
    assert tab.evaluate("document.querySelector('figure details table').getBoundingClientRect().height") > 100


def test_who_listens_hears_every_chart_and_part(tab: Tab) -> None:
    """As the browser tells it to screen readers, not as it is written."""
    look(tab, large().page("fr"))
    nodes = tab.ask("Accessibility.getFullAXTree")["nodes"]
    told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if "role" in node]
    assert [name for role, name in told if role == "navigation"] == ["Sommaire"]
    assert len([role for role, _ in told if role == "main"]) == 1
    charts = [name for role, name in told if role in {"image", "img"}]
    assert len(charts) >= 12
    assert all(len(name) > 20 for name in charts)
    assert all(name for role, name in told if role in {"region", "table", "link"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_printed_on_a4(program: str, language: str) -> None:
    printed = browser.pdf(program, large().page(language))
    assert printed.startswith(b"%PDF-")
    boxes = [[float(each) for each in box.split()] for box in re.findall(rb"/MediaBox ?\[([^]]*)\]", plain(printed))]
    assert 4 <= len(boxes) <= 40
    assert all((round(box[2] - box[0]), round(box[3] - box[1])) in {(595, 842), (596, 842)} for box in boxes)
    assert b"/StructTreeRoot" in plain(printed), "tagged, for who listens"


def plain(pdf: bytes) -> bytes:
    """The file with its compressed objects beside it."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_nothing_is_cut_off_on_paper(tab: Tab) -> None:
    look(tab, large().page("fr"))
    # A4 less its margins, at 96 dots an inch.
    tab.ask("Emulation.setDeviceMetricsOverride", width=703, height=1000, deviceScaleFactor=1, mobile=False)
    tab.ask("Emulation.setEmulatedMedia", media="print")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 703
    wide = tab.evaluate(
        "[...document.querySelectorAll('table')].filter((table) => table.getClientRects().length"
        " && table.getBoundingClientRect().right > 705).map((table) => table.caption.textContent)"
    )
    assert wide == []


def test_a_picture_shows_the_whole_page(program: str) -> None:
    taken = browser.png(program, large().page("en"))
    assert taken.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", taken[16:24])
    assert 1100 < width <= 1200
    assert height > 5000
