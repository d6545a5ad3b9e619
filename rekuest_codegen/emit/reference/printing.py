"""Pages from what was decided, by templates: ``reference/`` of ours, or of a folder of the user's, which go first.

In HTML everything is escaped by the template engine; in Markdown by the filters ``text``, ``code`` and ``block``,
through which templates print whatever they are handed. The page of HTML names the hashes of its style and its script,
so that a browser runs no other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from rekuest_codegen.emit.reference import markdown
from rekuest_codegen.emit.reference.views import ReferenceView
from rekuest_codegen.errors import ConfigurationError

_PACKAGE = Path(__file__).parents[2]
_PLACES = (_PACKAGE / "_templates" / "reference", _PACKAGE.parent / "templates" / "reference")


def print_markdown(reference: ReferenceView, templates: Path | None = None) -> dict[str, str]:
    """``index.md``, ``types.md`` where there are classes, and ``apps/*.md``."""
    environment = _environment(templates, html=False)
    pages = {"index.md": _print(environment, "index.md.jinja", reference=reference)}
    if reference.types:
        pages["types.md"] = _print(environment, "types.md.jinja", reference=reference)
    for app in reference.apps:
        pages[f"apps/{app.page}.md"] = _print(environment, "app.md.jinja", reference=reference, app=app)
    return pages


def print_html(reference: ReferenceView, templates: Path | None = None) -> dict[str, str]:
    """``index.html``, which needs no other file."""
    environment = _environment(templates, html=True)
    style, script = (_print(environment, name) for name in ("page.css.jinja", "page.js.jinja"))
    page = _print(
        environment,
        "page.html.jinja",
        reference=reference,
        style=Markup(style),  # noqa: S704 - templates of ours, in which nothing is put
        script=Markup(script),  # noqa: S704 - a file of ours
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return {"index.html": page}


def _print(environment: jinja2.Environment, name: str, **values: Any) -> str:
    try:
        return environment.get_template(name).render(**values)
    except jinja2.TemplateSyntaxError as error:
        place = f"template reference/{error.name or name}, line {error.lineno}"
        raise ConfigurationError(f"{place}: {error.message}") from None
    except Exception as error:
        # Anything a template evaluates can raise anything; whose template it is, is in its name.
        place = f"template reference/{name}{_line(error, name)}"
        raise ConfigurationError(f"{place}: {type(error).__name__}: {error}") from error


def _line(error: Exception, name: str) -> str:
    """The line of the template that raised, as jinja2 writes it into the traceback."""
    step, line = error.__traceback__, 0
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith(name):
            line = step.tb_lineno
        step = step.tb_next
    return f", line {line}" if line else ""


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@lru_cache(maxsize=4)
def _environment(templates: Path | None, *, html: bool) -> jinja2.Environment:
    own = () if templates is None else (templates / "reference",)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([str(place) for place in (*own, *_PLACES) if place.is_dir()]),
        undefined=jinja2.StrictUndefined,
        autoescape=html,  # noqa: S701 - Markdown is escaped by the filters
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = environment.filters
    if html:
        filters |= {"highlight": _highlighted}
    else:
        filters |= {"text": markdown.escaped, "code": markdown.code, "block": markdown.block}
    return environment


def _highlighted(source: str) -> Markup:
    """Python in colours; pygments escapes what it prints."""
    return Markup(_highlighter()(source).rstrip("\n"))  # noqa: S704 - pygments escapes it


@lru_cache(maxsize=1)
def _highlighter() -> Callable[[str], str]:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType] - its stubs' options

    lexer, formatter = get_lexer_by_name("python"), HtmlFormatter[str](nowrap=True, classprefix="c-")

    def printed(source: str) -> str:
        text: str = highlight(source, lexer, formatter)
        return text

    return printed
