"""Which files a scan reads: those it is named, those in a folder, those of an installed package.

Nothing is imported to find a package: the finders of the running interpreter say where a top-level name lies, and the
rest is looked for on disk. Folders that hold other people's code or copies of one's own (virtual environments,
``build``, ``dist``, hidden ones) are passed over, unless they are named themselves or are packages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

NEVER = frozenset(["__pycache__", "node_modules", "site-packages", "dist-packages"])
COPIES = frozenset(["build", "dist"])


def files_of(paths: Sequence[Path]) -> Iterator[Path]:
    """Every Python file under ``paths``, absolute, in an order that depends on names only."""
    yield from map(Path, names_of(paths))


def names_of(paths: Sequence[Path]) -> Iterator[str]:
    """`files_of` by their names, for who has no use for more."""
    for path in map(os.path.abspath, paths):
        if not os.path.isdir(path):
            yield path
            continue
        for folder, folders, files in os.walk(path):
            inside = Path(folder)
            folders[:] = sorted(name for name in folders if not _is_skipped(inside / name))
            yield from (f"{folder}{os.sep}{name}" for name in sorted(files) if name.endswith(".py"))


def locate(name: str) -> Path | None:
    """Where the installed package or module ``name`` lies (or the distribution's one package), or None.

    Nothing of it is imported.
    """
    top, *rest = name.split(".")
    if not all(part.isidentifier() for part in (top, *rest)):
        return _distributed(name)
    found = _top_level(top)
    for part in rest:
        if found is None:
            return None
        found = next((file for file in (found / part, found / f"{part}.py") if file.exists()), None)
    return found if found is not None or rest else _distributed(name)


def _top_level(name: str) -> Path | None:
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    for folder in spec.submodule_search_locations or ():
        if Path(folder).is_dir():
            return Path(folder)
    if spec.origin is not None and spec.origin.endswith(".py") and Path(spec.origin).is_file():
        return Path(spec.origin)
    return None


def _distributed(name: str) -> Path | None:
    """The one package that the distribution ``name`` installs: ``scikit-image`` is ``skimage``."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        files = distribution(name).files or ()
    except (PackageNotFoundError, ValueError):
        return None
    tops = {file.parts[0].removesuffix(".py") for file in files if file.suffix == ".py" and file.parts[0] != ".."}
    (top, *others) = sorted(top for top in tops if top.isidentifier()) or [""]
    return _top_level(top) if top and not others else None


def _is_skipped(folder: Path) -> bool:
    name = folder.name
    if name in NEVER or name.startswith(".") or (folder / "pyvenv.cfg").is_file():
        return True
    return name in COPIES and not (folder / "__init__.py").is_file()
