"""Pages of nodes that nobody in their right mind would register: nothing in them is more than text.

What is printed is read back by other people's parsers: HTML by the standard library's, Markdown by Python-Markdown
with its extensions (mkdocs renders by it) and by markdown-it (CommonMark, tables, strikethrough).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import markdown
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rekuest_codegen.emit import generate
from rekuest_codegen.emit.reference import reference
from rekuest_codegen.emit.reference.markdown import block, code, escaped
from rekuest_codegen.emit.reference.text import paragraphs, visible
from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import Effect, Node, PortGroup, Validator, Widget
from rekuest_codegen.ir.nodes import TestTarget
from tests.emit.hostile import KEYS, nodes

MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</code></pre><svg/onload=alert(1)>",
    "<!-- comment",
    "--> <b>",
    "</style><script>",
    "<https://evil.example>",
    "https://evil.example www.evil.example me@evil.example",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "[ref]: https://evil.example",
    "[^1]: note",
    "*[HTML]: abbreviation",
    "# heading",
    "heading\n======",
    "text\n---",
    "- item\n+ item\n* item",
    "1. one\n2) two",
    "> quote",
    "    indented code",
    "```\nfence",
    "~~~ fence",
    "`tick` ``ticks``",
    "a | b\n--- | ---\nc | d",
    "**bold** __bold__ *it* _it_ ~~gone~~ ==mark== ^up^ ++key++",
    "!!! note\n    admonition",
    "??? note",
    "/// note\n///",
    "{: .class onclick=alert(1) } {#id}",
    "{{ config }} {% raw %} {# c #}",
    '--8<-- "/etc/passwd"',
    ";--8<--",
    "term\n: definition",
    "$x$ $$y$$ \\(z\\)",
    ":smile: &lt;b&gt; &#60;i&#62; &amp;amp; \\<b>",
    "\u202eevil\u2066 \u200b\u2060\ufeff\u3164\u034f\U000e0041",
    '" onmouseover="alert(1)" data-x="',
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "line\u2028separator\u2029\x0b\x0c\x85",
]
TEXTS = st.sampled_from(MARKUP) | st.text(max_size=60) | st.lists(st.sampled_from(MARKUP), max_size=3).map("\n\n".join)
ALLOWED = frozenset(
    {"a", "br", "code", "h1", "h2", "h3", "li", "p", "pre", "ul", "table", "tbody", "td", "th", "thead", "tr"}
)
EXTENSIONS = ["extra", "admonition", "toc", "sane_lists", "smarty", "meta", "wikilinks", "legacy_attrs", "nl2br"]
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202f]"
    "|[\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]")  # fmt: skip


@st.composite
def decorated(draw: st.DrawFn) -> Node:
    """A hostile node, with markup in everything that is only ever shown."""
    try:
        node = draw(nodes())
    except DefinitionError:  # text that cannot travel is refused before there is anything to show
        reject()
    args = [
        port.model_copy(
            update={
                "description": draw(TEXTS | st.none()),
                "label": draw(TEXTS | st.none()),
                "reference_unit": draw(TEXTS | st.none()),
                "widget": draw(st.none() | st.builds(lambda kind, more: Widget(kind=kind, **more), TEXTS, EXTRA)),
                "validators": draw(st.lists(st.builds(_validator, TEXTS, TEXTS), max_size=2).map(tuple)),
                "effects": draw(st.lists(st.builds(Effect, kind=TEXTS, message=TEXTS), max_size=1).map(tuple)),
            }
        )
        for port in node.args
    ]
    group = PortGroup(key=draw(TEXTS), title=draw(TEXTS), description=draw(TEXTS), ports=(draw(TEXTS),))
    return node.model_copy(
        update={
            "args": tuple(args),
            "description": draw(TEXTS),
            "name": draw(TEXTS),
            "app": draw(TEXTS | st.just(node.app)),
            "collections": (draw(TEXTS),),
            "protocols": (draw(TEXTS),),
            "catalogs": (draw(TEXTS),),
            "port_groups": (group,),
            "is_test_for": (TestTarget(app=draw(TEXTS), key=draw(KEYS)),),
        }
    )


EXTRA: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    TEXTS.filter(lambda text: text not in ("kind", "self")), TEXTS | st.integers(), max_size=2
)


def _validator(function: str, message: str) -> Validator:
    return Validator.model_validate({"function": function, "error_message": message})


class Parsed(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.odd: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)


def pages_of(some: list[Node], *, html: bool) -> Mapping[str, str]:
    return reference(generate(some), package="mynodes", html=html)


@settings(max_examples=50, phases=[Phase.generate])
@given(st.lists(decorated(), min_size=1, max_size=2))
def test_html_holds_nothing_but_text(some: list[Node]) -> None:
    pages = pages_of(some, html=True)
    assert sorted(pages) == ["index.html", "manifest.json"]
    text = pages["index.html"]
    assert not INVISIBLE.search(text)
    page = Parsed(text)
    tags = Counter(tag for tag, _ in page.tags)
    assert (tags["script"], tags["style"], tags["meta"], tags["img"], tags["link"]) == (1, 1, 5, 0, 0)
    assert page.odd == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    expected = {"id", "class", "href", "tabindex", "role", "lang", "charset", "name", "content", "http-equiv", "type"}
    expected |= {"hidden", "for", "autocomplete", "spellcheck", "scope", "data-for", "data-words"}
    for tag, attributes in page.tags:
        assert {name for name in attributes if not name.startswith("aria-")} <= expected, (tag, attributes)
        if "href" in attributes:
            assert attributes["href"].startswith("#")
            assert unquote(attributes["href"][1:]) in ids
    articles = [attributes for tag, attributes in page.tags if tag == "article"]
    distinct = {repr(node) for node in some}
    assert sum(not attributes["id"].startswith("types.") for attributes in articles) == len(distinct)


@settings(max_examples=50, phases=[Phase.generate])
@given(st.lists(decorated(), min_size=1, max_size=2))
def test_markdown_holds_nothing_but_text(some: list[Node]) -> None:
    pages = pages_of(some, html=False)
    for path, text in pages.items():
        if not path.endswith(".md"):
            continue
        assert re.fullmatch(r"index\.md|types\.md|apps/[a-z][a-z0-9_]*\.md", path)
        assert not INVISIBLE.search(text), path
        assert "{{" not in text
        assert "{%" not in text
        own = Counter(re.findall(r"^(#+) ", re.sub(r"^(`{3}).*?^\1$", "", text, flags=re.M | re.S), re.M))
        rows = len(re.findall(r"^\| (?!---)", text, re.M))
        for rendered in (_python_markdown(text), _markdown_it(text)):
            page = Parsed(rendered)
            tags = Counter(tag for tag, _ in page.tags)
            assert set(tags) <= ALLOWED, (set(tags) - ALLOWED, text)
            assert page.odd == []
            assert [tags[f"h{level}"] for level in (1, 2, 3)] == [own["#" * level] for level in (1, 2, 3)]
            assert tags["tr"] == rows
            assert (tags["th"] + tags["td"]) % 2 == 0
            for tag, attributes in page.tags:
                assert set(attributes) <= {"id", "href", "class"}, (tag, attributes)
                if "href" in attributes:
                    target, _, anchor = unquote(attributes["href"]).partition("#")
                    assert target in {*pages, *(f"apps/{name}" for name in pages)}, attributes
                    assert not anchor or f'<a id="{anchor}"></a>' in pages[target]


def _python_markdown(text: str) -> str:
    return markdown.markdown(text, extensions=EXTENSIONS)


def _markdown_it(text: str) -> str:
    # "js-default" is GitHub's set without its sanitizer; HTML is let through, to see whether there is any.
    return str(MarkdownIt("js-default", {"html": True, "linkify": False}).render(text))


@settings(max_examples=400)
@given(TEXTS)
def test_what_is_escaped_reads_as_it_was(text: str) -> None:
    line = visible(text)
    assert "\n" not in line
    for render in (_python_markdown, _markdown_it):
        said = unescape(re.sub(r"<[^>]*>", "", render(f"| a | b |\n| --- | --- |\n| {escaped(line)} | {code(line)} |")))
        if render is _markdown_it:
            assert re.sub(r"\s", "", said) == re.sub(r"\s", "", f"ab{line}{line}")


@settings(max_examples=200)
@given(st.lists(TEXTS, max_size=3).map("\n".join))
def test_blocks_hold_any_code(text: str) -> None:
    lines = "\n".join(visible(line) for line in text.split("\n"))
    for render in (_python_markdown, _markdown_it):
        page = Parsed(render(f"before\n\n{block(lines)}\n\nafter"))
        assert [tag for tag, _ in page.tags] == ["p", "pre", "code", "p"], (lines, block(lines))
    assert re.sub(r"\s", "", Parsed(_markdown_it(block(lines))).text) == re.sub(r"\s", "", lines)


@given(st.text())
def test_what_is_shown_can_be_seen(text: str) -> None:
    assert not INVISIBLE.search(visible(text).replace("\u202f", " "))
    assert not any(INVISIBLE.search(line) for lines in paragraphs(text) for line in lines)


def test_a_class_whose_name_is_not_ascii_is_linked() -> None:
    port = {"key": "image", "kind": "STRUCTURE", "identifier": "画像処理"}
    node = {"app": "lab", "key": "é", "version": "1", "kind": "FUNCTION", "name": "É", "args": [port], "returns": []}
    page = Parsed(pages_of([Node.model_validate(node)], html=True)["index.html"])
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    linked = {attributes["href"][1:] for _, attributes in page.tags if "href" in attributes}
    assert linked <= ids
    assert any(one.startswith("types.-") for one in linked)
