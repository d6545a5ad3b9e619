"""Templates of the user's, printed by jinja2. Each takes the place of the one of ours that has its name.

They are looked for in the user's folder, then among ours, so that one may extend or include what it replaces by half.
What goes wrong in one is told with its file and line; what it prints must be Python. Nothing here is loaded when no
template is replaced.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from rekuest_codegen.emit.text import docstring, literal
from rekuest_codegen.errors import ConfigurationError

_PACKAGE = Path(__file__).parent.parent
SHIPPED = next(place for place in (_PACKAGE / "_templates", _PACKAGE.parent / "templates") if place.is_dir())
"""Our own: in the wheel, or beside the package in a checkout."""
PAGES = "reference"
"""The folder of the templates of pages."""
CONTEXTS: Mapping[str, tuple[str, str]] = {
    "package.py.jinja": ("package", "Package"),
    "types.py.jinja": ("module", "TypeModule"),
    "module.py.jinja": ("module", "StubModule"),
    "lazy.py.jinja": ("package", "LazyPackage"),
    "lazy.pyi.jinja": ("package", "LazyPackage"),
}
"""By template, the name and the type of the one variable that it gets."""


def shipped(names: Sequence[str] = ()) -> dict[str, str]:
    """The text of our templates, those of the pages of `docs` included, by path; of those ``names`` when there are any.

    Raises:
        ConfigurationError: there is no template of such a name.
    """
    texts = {
        path.relative_to(SHIPPED).as_posix(): path.read_bytes().decode("utf-8")
        for path in sorted(SHIPPED.rglob("*.jinja"))
    }
    for name in names:
        if name not in texts:
            raise ConfigurationError(f"{name!r}: is no template of ours; {_nearest(name, list(texts))}")
    return {name: texts[name] for name in names or texts}


def printers(folder: Path) -> dict[str, Callable[[Any], str]]:
    """What prints each template in ``folder`` that is not as ours.

    Raises:
        ConfigurationError: there is no such folder, or nothing in it that is a template of ours.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: no such folder of templates")
    refuse_unknown(folder)
    found = sorted(path.name for path in folder.glob("*.jinja"))
    made = environment(folder)
    # What was written out and not changed is still ours.
    differing = [name for name in found if name in CONTEXTS and not _is_ours(folder, name)]
    return {name: _printer(made, folder, name) for name in differing}


def refuse_unknown(folder: Path) -> None:
    """Raises:
    ConfigurationError: a template in ``folder``, or among those of pages in it, has the name of none of ours.
    """
    for place, known in ((".", CONTEXTS), (PAGES, [path.name for path in (SHIPPED / PAGES).glob("*.jinja")])):
        for file in sorted((folder / place).glob("*.jinja")):
            if file.name not in known and not file.name.startswith("_"):
                raise ConfigurationError(
                    f"{file}: takes the place of none of our templates; {_nearest(file.name, sorted(known))}"
                    " (one that others include begins with an underscore)"
                )


def environment(folder: Path | None) -> jinja2.Environment:
    """What reads templates: those in ``folder`` before ours."""
    places = [str(place) for place in (folder, SHIPPED) if place is not None]
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(places),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Python comes out, not HTML; text goes through the filters
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = made.filters
    filters |= {"literal": literal, "docstring": docstring}
    return made


def _printer(made: jinja2.Environment, folder: Path, name: str) -> Callable[[Any], str]:
    variable, _ = CONTEXTS[name]

    def print_(context: Any) -> str:
        try:
            return made.get_template(name).render({variable: context})
        except jinja2.TemplateSyntaxError as error:
            raise ConfigurationError(f"{error.filename or folder / name}:{error.lineno}: {_line(error)}") from None
        except Exception as error:
            # Anything a template evaluates can raise anything.
            raise ConfigurationError(f"{_place(error, folder / name)}: {_line(error)}") from error

    return print_


def _is_ours(folder: Path, name: str) -> bool:
    return folder != SHIPPED and (folder / name).read_bytes() == (SHIPPED / name).read_bytes()


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def _line(error: Exception) -> str:
    """What ``error`` says, on one line."""
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no template {error.name!r}"
    said = " ".join(str(error).split())
    return said if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {said}"


def _place(error: Exception, template: Path) -> str:
    """The file and line of the innermost template that ``error`` passed, as jinja2 writes them into the traceback."""
    return next(iter(_passed(error)), str(template))


def _passed(error: Exception) -> Iterator[str]:
    step, places = error.__traceback__, list[str]()
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file.endswith(".jinja"):
            places.append(f"{file}:{step.tb_lineno}")
        step = step.tb_next
    return reversed(places)
