"""The page of nodes as a reader meets it: in a browser, by keyboard and mouse, in the light and in the dark.

Screenshots are taken into the test's folder; ``REKUEST_SCREENSHOTS`` names another one, to look at them.
"""

from __future__ import annotations

import itertools
import os
import struct
import zlib
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.browser.page import Page

SHOWN = "[...document.querySelectorAll('article:not([hidden])')].map(a => a.id)"
LISTED = "[...document.querySelectorAll('nav li:not([hidden])')].map(i => i.dataset.for)"
COUNT = "document.getElementById('count').textContent"
FOCUS = "document.activeElement.id || document.activeElement.textContent"


@pytest.fixture(autouse=True)
def opened(page: Page, address: str) -> Generator[None]:
    page.size(1280, 900)
    page.prefers(prefers_color_scheme="light")
    page.complaints.clear()
    page.requests.clear()
    page.open(address)
    page.value("localStorage.clear()")
    page.open(address)
    yield
    assert page.complaints == []
    assert page.dialogs == []
    # Nothing but the page itself is ever asked for.
    assert set(page.requests) == {address}
    assert page.value("window.ranBy") == []


def test_a_search_by_keyboard(page: Page) -> None:
    everything = page.value(SHOWN)
    assert {"lab.threshold", "lab.record", "types.Image"} <= set(everything)
    page.becomes(COUNT, "4 nodes")
    page.type("/")
    page.becomes(FOCUS, "query")
    page.type("frames LAB")
    page.becomes(SHOWN, ["lab.record"])
    page.becomes(LISTED, ["lab.record"])
    page.becomes(COUNT, "1 of 4 nodes")
    page.press("ArrowDown")
    page.becomes(FOCUS, "record")
    page.press("Enter")
    page.becomes("location.hash", "#lab.record")
    page.becomes(_in_view("lab.record"), True)
    page.type("/")
    page.becomes(FOCUS, "query")
    page.press("ArrowDown")
    page.becomes(FOCUS, "record")
    page.press("ArrowUp")
    page.becomes(FOCUS, "query")
    page.press("Escape")
    page.becomes(SHOWN, everything)
    page.type("no such words")
    page.becomes("document.getElementById('nothing').hidden", False)
    page.becomes("document.querySelector('main h2').offsetParent", None)
    page.click("#clear")
    page.becomes(SHOWN, everything)


def test_words_are_found_wherever_they_stand(page: Page) -> None:
    page.click("#query")
    for words, found in (
        ("segmentation", "lab.threshold"),
        ("predicate athresh", "lab.threshold"),
        ("@lab/drawable", "ecran_co.show"),
        ("<script> evil", "evil"),
    ):
        page.value("document.getElementById('query').select()")
        page.type(words)
        nodes = f"{SHOWN}.filter(id => !id.startsWith('types.')).map(id => id.slice(0, {len(found)}))"
        page.becomes(nodes, [found])


def test_links_lead_to_what_they_name(page: Page) -> None:
    page.click("nav li a[href='#lab.threshold']")
    page.becomes("location.hash", "#lab.threshold")
    page.becomes(_in_view("lab.threshold"), True)
    page.becomes("document.querySelector('nav a[aria-current]')?.textContent", "threshold")
    page.type("/")
    page.type("frames")
    # The type's section is filtered out; a link to it shows it again.
    page.click("[id='lab.record'] td a[href='#types.Image']")
    page.becomes("location.hash", "#types.Image")
    page.becomes("document.getElementById('query').value", "")
    page.becomes(_in_view("types.Image"), True)
    page.click("[id='types.Image'] a[href='#lab.threshold']")
    page.becomes("location.hash", "#lab.threshold")
    page.becomes(_in_view("lab.threshold"), True)


def test_what_strangers_wrote_is_text(page: Page) -> None:
    (hostile,) = page.value(
        "[...document.querySelectorAll('article')].filter(a => a.id.startsWith('evil')).map(a => a.id)"
    )
    page.value("document.querySelectorAll('details').forEach(d => d.open = true)")
    said = page.value(f"document.getElementById({hostile!r}).textContent")
    assert "<script>ran('script')</script>" in said
    assert "<img src=x onerror=" in said
    page.click(f"[id={hostile!r}] summary")
    counts = "['script', 'style', 'img', 'svg', 'iframe', 'meta'].map(tag => document.querySelectorAll(tag).length)"
    assert page.value(counts) == [1, 1, 0, 0, 0, 5]
    assert page.value("[...document.links].every(link => link.getAttribute('href').startsWith('#'))")


def test_no_script_but_ours_would_run(page: Page, address: str) -> None:
    """Were something to get through, the page's policy keeps it from running."""
    page.value("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"ran(1)\">')")
    page.value("document.body.append(Object.assign(document.createElement('script'), {textContent: 'ran(2)'}))")
    while len(page.complaints) < 2:
        page.wait()
    assert page.value("window.ranBy") == []
    assert all("Content Security Policy" in complaint for complaint in page.complaints)
    page.complaints.clear()
    page.requests[:] = [address]


def test_light_and_dark(page: Page, address: str) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.value(background)
    page.prefers(prefers_color_scheme="dark")
    dark = page.value(background)
    assert _brightness(light) > 0.9
    assert _brightness(dark) < 0.15
    page.click("#theme")
    assert (page.value(background), page.value("document.getElementById('theme').textContent")) == (
        light,
        "Theme: light",
    )
    page.click("#theme")
    page.prefers(prefers_color_scheme="light")
    page.becomes(f"[{background}, document.getElementById('theme').textContent]", [dark, "Theme: dark"])
    page.open(address)
    page.becomes("document.getElementById('theme').textContent", "Theme: dark")
    for scheme in ("dark", "light"):
        page.prefers(prefers_color_scheme=scheme)
        for selector in ("main p", "nav li a", ".from", ".kind", "th", ".badge", ".c-k", ".c-s2", "dt"):
            assert _contrast(page, selector) >= 4.5, (scheme, selector)


def test_for_those_who_do_not_see_it(page: Page) -> None:
    """Names, roles and an order of headings, as the browser tells them to a screen reader."""
    page.ask("Accessibility.enable")
    nodes = page.ask("Accessibility.getFullAXTree")["nodes"]
    page.ask("Accessibility.disable")
    roles: dict[str, list[str]] = {}
    for node in nodes:
        roles.setdefault(node.get("role", {}).get("value", ""), []).append(node.get("name", {}).get("value", ""))
    assert "Nodes" in roles["navigation"]
    assert len(roles["main"]) == 1
    assert roles["searchbox"] == ["Search nodes /"]
    for role in ("link", "button", "article", "heading"):
        assert all(roles[role]), role
    levels = page.value("[...document.querySelectorAll('main :is(h1,h2,h3,h4)')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    page.press("Tab")
    page.becomes(FOCUS, "Skip to the nodes")
    page.press("Enter")
    page.becomes(FOCUS, "nodes")


def test_it_can_be_seen_on_any_screen(page: Page, tmp_path: Path) -> None:
    folder = Path(os.environ.get("REKUEST_SCREENSHOTS", tmp_path))
    for name, width, height, scheme, anchor in (
        ("wide", 1280, 900, "light", "#lab.threshold"),
        ("dark", 1280, 900, "dark", "#types"),
        ("narrow", 390, 800, "light", ""),
        ("hostile", 1280, 900, "light", "#app.evil"),
    ):
        page.prefers(prefers_color_scheme=scheme)
        page.size(width, height)
        page.value(f"location.hash = (document.querySelector(\"[id^='{anchor[1:]}']\") || {{id: ''}}).id")
        picture = folder / f"{name}.png"
        page.screenshot(picture, width=width, height=height)
        assert page.value("document.documentElement.scrollWidth <= innerWidth"), f"{name}: wider than the screen"
        size, colours = _looked_at(picture)
        assert size == (width, height)
        assert colours > 50, f"{name}: there is hardly anything on it"


def test_without_scripts_all_is_there(page: Page, address: str) -> None:
    page.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(address)
        document = page.ask("DOM.getDocument", depth=0)["root"]["nodeId"]
        hidden = page.ask("DOM.querySelectorAll", nodeId=document, selector="article[hidden], nav li[hidden]")
        search = page.ask("DOM.querySelectorAll", nodeId=document, selector="search[hidden]")
        assert (hidden["nodeIds"], len(search["nodeIds"])) == ([], 1)
    finally:
        page.ask("Emulation.setScriptExecutionDisabled", value=False)
    page.open(address)


def _in_view(id_: str) -> str:
    """Whether the section of that id begins in the upper half of the screen, as an expression."""
    found = f"document.getElementById({id_!r}).getBoundingClientRect()"
    return f"(box => box.top >= -1 && box.top < innerHeight / 2)({found})"


def _contrast(page: Page, selector: str) -> float:
    """The contrast of the first element's text, by WCAG 2."""
    colours: list[str] = page.value(
        f"""(element => {{
            const color = getComputedStyle(element).color;
            let behind = 'rgba(0, 0, 0, 0)';
            for (let at = element; at && behind === 'rgba(0, 0, 0, 0)'; at = at.parentElement)
                behind = getComputedStyle(at).backgroundColor;
            return [color, behind];
        }})(document.querySelector({selector!r}))"""
    )
    first, second = sorted(map(_brightness, colours))
    return (second + 0.05) / (first + 0.05)


def _brightness(colour: str) -> float:
    """The relative luminance of ``rgb(...)``, from 0 to 1."""
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _looked_at(picture: Path) -> tuple[tuple[int, int], int]:
    """The size of a PNG, and how many different bytes-of-pixels there are in it."""
    content = picture.read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    data, at = b"", 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            data += content[at + 8 : at + 8 + length]
        at += 12 + length
    return (width, height), len(set(zlib.decompress(data)))
