"""Text from a plan: the printers loop and print, and decide nothing.

Whatever came from outside reaches them as data and leaves as a literal or a docstring. Ours are compiled from our
templates; where the user has a template of the same name, that is printed instead, and has to be Python.
"""

from __future__ import annotations

from pathlib import Path

from rekuest_codegen.emit.plan import Package
from rekuest_codegen.emit.printers import PRINTERS


def render(package: Package, templates: Path | None = None) -> dict[str, str]:
    """Print every Python file of ``package``.

    Raises:
        ConfigurationError: a template of the user's is wrong.
        GenerationError: what it prints is no Python.
    """
    theirs = {}
    if templates is not None:
        from rekuest_codegen.emit.templates import printers

        theirs = printers(templates)
    print_ = {**PRINTERS, **theirs}
    made: dict[str, str] = {"__init__.py": "package.py.jinja"}
    files = {"__init__.py": print_["package.py.jinja"](package), "py.typed": ""}
    for types in package.types:
        made[types.path] = "types.py.jinja"
        files[types.path] = print_["types.py.jinja"](types)
    for stubs in package.stubs:
        made[stubs.path] = "module.py.jinja"
        files[stubs.path] = print_["module.py.jinja"](stubs)
    for lazy in package.lazy:
        for path, name in (("__init__.py", "lazy.py.jinja"), ("__init__.pyi", "lazy.pyi.jinja")):
            made[f"{lazy.path}/{path}"] = name
            files[f"{lazy.path}/{path}"] = print_[name](lazy)
    if templates is not None:
        from rekuest_codegen.emit.validate import validate

        for path, name in made.items():
            if name in theirs:
                validate(path, files[path], templates / name)
    return files
