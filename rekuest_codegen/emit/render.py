"""Text from a plan: the templates loop and print, and decide nothing.

Templates come from the wheel, from beside the package in a checkout, or from a folder of the user's, whose templates
go before ours. Whatever came from outside reaches them as data and leaves through the filters ``literal`` and
``docstring``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from rekuest_codegen.emit.plan import Package
from rekuest_codegen.emit.text import docstring, literal
from rekuest_codegen.errors import ConfigurationError

_PACKAGE = Path(__file__).parent.parent
_PLACES = (_PACKAGE / "_templates", _PACKAGE.parent / "templates")


def render(package: Package, templates: Path | None = None) -> dict[str, str]:
    """Print every Python file of ``package``.

    Raises:
        ConfigurationError: a template is missing or fails.
    """
    environment = _environment(templates)
    files = {"__init__.py": _print(environment, "package.py.jinja", package=package), "py.typed": ""}
    for types in package.types:
        files[types.path] = _print(environment, "types.py.jinja", module=types)
    for stubs in package.stubs:
        files[stubs.path] = _print(environment, "module.py.jinja", module=stubs)
    for lazy in package.lazy:
        files[f"{lazy.path}/__init__.py"] = _print(environment, "lazy.py.jinja", package=lazy)
        files[f"{lazy.path}/__init__.pyi"] = _print(environment, "lazy.pyi.jinja", package=lazy)
    return files


def _print(environment: jinja2.Environment, name: str, **values: Any) -> str:
    try:
        return environment.get_template(name).render(**values)
    except jinja2.TemplateSyntaxError as error:
        raise ConfigurationError(f"template {error.name or name}, line {error.lineno}: {error.message}") from None
    except jinja2.TemplatesNotFound as error:
        raise ConfigurationError(f"template {name}: not found ({error})") from None
    except jinja2.TemplateNotFound as error:
        raise ConfigurationError(f"template {name}: {error.name} is not there") from None
    except Exception as error:
        # Anything a template evaluates can raise anything; whose template it is, is in its name.
        raise ConfigurationError(f"template {name}{_line(error, name)}: {type(error).__name__}: {error}") from error


def _line(error: Exception, name: str) -> str:
    """The line of the template that raised, as jinja2 writes it into the traceback."""
    place, line = error.__traceback__, 0
    while place is not None:
        if place.tb_frame.f_code.co_filename.endswith(name):
            line = place.tb_lineno
        place = place.tb_next
    return f", line {line}" if line else ""


@lru_cache(maxsize=4)
def _environment(templates: Path | None) -> jinja2.Environment:
    places = [str(place) for place in ((templates,) if templates else ()) + _PLACES if place.is_dir()]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(places),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Python comes out, not HTML; text goes through the filters
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=True,
    )
    filters: dict[str, Any] = environment.filters
    filters |= {"literal": literal, "docstring": docstring}
    return environment
