"""From ``MODULE[:app]`` to a module that is imported and the apps in it.

This is the one place that runs a user's code, and whatever it raises becomes one line: where, and what.
"""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from rekuest_codegen.cli.sources import printable, shown_path
from rekuest_codegen.errors import ConfigurationError, RekuestError
from rekuest_codegen.runtime.provider.register import App

MAX_TEXT = 300
OURS = str(Path(__file__).parents[1])


@dataclass(frozen=True, slots=True)
class Target:
    """A module by the name it is imported under, its file, and where the import of its package begins."""

    module: str
    path: Path
    root: Path
    app: str | None


class ImportFailed(RekuestError):
    """The user's module raised; the message says where and what, the cause has the whole story."""


def find(text: str) -> Target:
    """What ``package.module``, ``folder/module.py``, either with ``:app``, means from here. Nothing is imported.

    Raises:
        ConfigurationError: there is no such module.
    """
    from rekuest_codegen.scan import locate
    from rekuest_codegen.scan.source import module_name

    wanted, colon, app = text.rpartition(":")
    if not colon or not all(part.isidentifier() for part in app.split(".")):
        wanted, app = text, ""
    path = Path(wanted)
    if path.suffix == ".py" or os.sep in wanted:
        if not path.is_file() or path.suffix != ".py":
            raise ConfigurationError(f"{printable(wanted)}: no such file; expected a .py file or a dotted name")
        path = Path(os.path.abspath(path))
        name, root = module_name(path)
        if "." in path.stem:
            raise ConfigurationError(f"{printable(wanted)}: a module's name has no dots; rename the file")
        return Target(name, path, root, app or None)
    here = Path.cwd()
    sys.path.insert(0, str(here))  # as `python -m` does
    try:
        found = locate(wanted) if all(part.isidentifier() for part in wanted.split(".")) else None
    finally:
        sys.path.remove(str(here))
    if found is not None and found.is_dir():
        found = found / "__init__.py"
    if found is None or not found.is_file():
        raise ConfigurationError(f"{printable(wanted)}: no such module here or installed; is the name right?")
    return Target(wanted, found.absolute(), here, app or None)


def load(target: Target) -> ModuleType:
    """Import the module.

    Raises:
        ImportFailed: it raised, or tried to leave. ConfigurationError: another module has its name.
    """
    sys.path.insert(0, str(target.root))
    try:
        module = importlib.import_module(target.module)
    except (Exception, SystemExit) as error:
        raise ImportFailed(_told(error, target.root)) from error
    file = getattr(module, "__file__", None)
    if file is None or not target.path.samefile(file):
        text = f"{shown_path(target.path)}: another module named {target.module!r} is in the way"
        raise ConfigurationError(f"{text} ({printable(str(file or 'built in'))}); rename the file")
    return module


def apps_of(target: Target, module: ModuleType, run: Sequence[App]) -> list[App]:
    """The apps to serve: the one asked for, else all that the module has names for or has ``run``; else one of the
    module's name, for what is registered with the plain ``register``.

    Raises:
        ConfigurationError: there is none, or two have the same name.
    """
    if target.app is not None:
        value: object = module
        for part in target.app.split("."):
            value = getattr(value, part, None)
        if not isinstance(value, App):
            said = "there is no such name" if value is None else f"that is a {type(value).__name__}, no App"
            raise ConfigurationError(f"{target.module}:{target.app}: {said}")
        found = [value]
    else:
        found = list(dict.fromkeys([*(value for value in vars(module).values() if isinstance(value, App)), *run]))
    found = found or [App(target.module.removesuffix(".__main__"))]
    serving = [app for app in found if app.functions]
    if not serving:
        raise ConfigurationError(f"{shown_path(target.path)}: no app with a registered function was found")
    names = [app.name for app in serving]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigurationError(f"{shown_path(target.path)}: two apps are named {twice[0]!r}; a server knows one")
    return serving


def _told(error: BaseException, root: Path) -> str:
    """``file:line: what``: the last place in the user's own files, or where it was raised."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown_path(Path(error.filename))}:{error.lineno or 1}: {type(error).__name__}: {_line(error.msg)}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
    installed = (*(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")), OURS)
    own = [f for f in frames if Path(f.filename).is_relative_to(root) and not f.filename.startswith(installed)]
    place = (own or frames)[-1]
    if isinstance(error, SystemExit):
        what = f"the module ends the program when it is imported (SystemExit {error.code})"
    elif isinstance(error, RekuestError):
        what = _line(str(error))
    else:
        what = f"{type(error).__name__}: {_line(str(error))}"
    return f"{shown_path(Path(place.filename))}:{place.lineno}: {what}"


def _line(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= MAX_TEXT else f"{line[: MAX_TEXT - 3]}..."
