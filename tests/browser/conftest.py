"""A browser for all tests here, and a page of nodes to look at."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from rekuest_codegen.emit import generate
from rekuest_codegen.emit.reference import reference
from rekuest_codegen.ir import read_node
from tests.browser.engine import find
from tests.browser.page import Page, browser_page

CASE = Path(__file__).parents[1] / "cases" / "reference" / "lab" / "nodes.json"
ATTACKS = (
    "<script>ran('script')</script>",
    "<img src=x onerror=\"ran('image')\">",
    "<svg onload=\"ran('svg')\"></svg>",
    "</script><script>ran('end of script')</script>",
    "</code></pre></td></table><iframe srcdoc=\"<script>parent.ran('frame')</script>\"></iframe>",
    '" autofocus onfocus="ran(\'attribute\')" x="',
    "<a href=\"javascript:ran('link')\">click</a>",
    "<style>body{display:none}</style><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "{{ ''.__class__ }} ${ran('template')}",
)


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Generator[Page]:
    engine = find()
    if engine is None:
        pytest.fail("no browser to look at pages with; `make test` fetches one")
    with browser_page(engine, tmp_path_factory.mktemp("profile")) as opened:
        opened.ask(
            "Page.addScriptToEvaluateOnNewDocument",
            source="window.ranBy = []; window.ran = what => window.ranBy.push(what);",
        )
        yield opened


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address, as a file, of the pages of the laboratory's nodes and of one whose texts are attacks."""
    attack = " ".join(ATTACKS)
    hostile = {
        "app": f"evil {attack}",
        "key": "attack",
        "name": attack,
        "version": attack,
        "description": "\n\n".join(ATTACKS),
        "collections": list(ATTACKS),
        "args": [
            {"key": "x", "kind": "STRUCTURE", "identifier": f"@evil/{attack}", "label": attack, "description": attack},
            {"key": attack, "kind": "STRING", "default": attack, "nullable": True},
            {"key": "y", "kind": "ENUM", "choices": [{"value": text, "label": text} for text in ATTACKS]},
        ],
        "returns": [{"key": "return0", "kind": "INT", "description": attack, "widget": {"kind": attack, "a": attack}}],
    }
    raws = [*json.loads(CASE.read_text(encoding="utf-8")), hostile]
    pages = reference(generate([read_node(raw) for raw in raws]), package="mynodes", html=True)
    file = tmp_path_factory.mktemp("pages") / "index.html"
    file.write_text(pages["index.html"], encoding="utf-8")
    return file.as_uri()
