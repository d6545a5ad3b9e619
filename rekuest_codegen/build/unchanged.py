"""Has nothing changed? Answered from hashes, before anything is loaded that could generate, or read a project.

A frozen pull depends on files only: the project's ``pyproject.toml``, the manifests, the templates, and the generator
itself with its Python. When it is done, the cache remembers under a hash of what was asked, of the first and the last,
which files it looked at and what was in them. Asked the same again with all of them as they were, it ends the same.
What is remembered cannot be checked without doing the work: it is taken only from a folder that nobody else may write
to.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rekuest_codegen.emit.walk import walk
from rekuest_codegen.fetch.shelf import Shelf

SHELF = "frozen"
PROJECT = "pyproject.toml"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GENERATOR = ("build", "cli", "emit", "ir", "project", "_templates", os.path.join("..", "templates"))
MAX_FILES = 20_000
"""Files of one folder that are remembered; who has more waits for the work."""

Hashes = Mapping[str, str]


def question(names: Sequence[str], out: str | os.PathLike[str] | None) -> str | None:
    """A hash of what is asked by ``pull --frozen`` with ``names`` and ``out``, here and of this generator; None where
    that cannot be told."""
    try:
        here = os.getcwd()
        digest = hashlib.sha256(json.dumps([sys.version, here, list(names), out and os.path.abspath(out)]).encode())
        for folder in _upwards(here):
            project = os.path.join(folder, PROJECT)
            if os.path.isfile(project):
                _add(digest, project, _content(project))
                break
        for room in GENERATOR:
            folder = os.path.join(PACKAGE, room)
            for path, _ in sorted(walk(folder)) if os.path.isdir(folder) else ():
                if not path.endswith(".pyc"):
                    _add(digest, f"{room}/{path}", _content(os.path.join(folder, path)))
    except OSError:
        return None
    return digest.hexdigest()


def answer(asked: str | None) -> list[str] | None:
    """The lines that were printed when ``asked`` was asked before, if nothing has changed since."""
    content = Shelf(SHELF, private=True).take(asked) if asked is not None else None
    try:
        raw: Any = json.loads(content) if content is not None else None
        if raw is None or not all(_hashes(folder) == said for folder, said in raw["folders"].items()):
            return None
        if any(_is_left(os.path.dirname(out), os.path.basename(out)) for out in raw["packages"]):
            return None
        return [str(line) for line in raw["lines"]]
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None


def seen(folders: Iterable[str]) -> dict[str, Hashes] | None:
    """What is in ``folders`` now; None when that cannot be told."""
    try:
        return {folder: _hashes(folder) for folder in folders}
    except OSError:
        return None


def remember(
    asked: str | None,
    lines: Iterable[str],
    packages: Mapping[str, Mapping[str, str]],
    templates: Mapping[str, Hashes] | None,
) -> None:
    """Keep that ``asked`` ends in ``lines``, as long as the folders of ``packages`` are as they are now.

    Nothing is kept where somebody was at work meanwhile: in a package, whose texts by path are given, or in the
    ``templates``, as they were `seen` before.
    """
    if asked is None or templates is None or seen(templates) != templates:
        return
    from rekuest_codegen.emit.manifest import MANIFEST, written_files  # there by now, and nothing an answer waits for

    outs: dict[str, Hashes] = {}
    try:
        for out, files in packages.items():
            told = written_files(files[MANIFEST]) if MANIFEST in files else None
            outs[out] = _hashes(out, files, told)
    except OSError:
        return
    shelf = Shelf(SHELF)
    answered = {"lines": list(lines), "packages": list(packages), "folders": {**outs, **templates}}
    shelf.put(asked, json.dumps(answered).encode())
    shelf.tidy()


def _hashes(folder: str, expected: Mapping[str, str] | None = None, told: Hashes | None = None) -> Hashes:
    """The hash of every file in ``folder``, by path. Those of ``expected`` texts may be ``told``.

    Raises:
        OSError: it cannot be told, or one of the ``expected`` texts, by path, is not what lies there.
    """
    if os.path.islink(folder):
        raise OSError(f"{folder}: is a symbolic link")
    found: dict[str, str] = {}
    waited = expected or {}
    told = told or {}
    for path, is_link in walk(folder):
        place = os.path.join(folder, path)
        content = b"" if is_link else _content(place)
        if path in waited and (is_link or content != waited[path].encode()):
            raise OSError(f"{place}: somebody was at work")
        if is_link:
            found[path] = f"-> {os.readlink(place)}"
        else:
            found[path] = told.get(path) or hashlib.sha256(content).hexdigest()
        if len(found) > MAX_FILES:
            raise OSError(f"{folder}: too many files")
    if not waited.keys() <= found.keys():
        raise OSError(f"{folder}: somebody was at work")
    return found


def _is_left(parent: str, name: str) -> bool:
    """Whether a killed run has left something to put right."""
    start = f".{name}."
    with os.scandir(parent) as entries:
        return any(entry.name.startswith(start) and entry.name.endswith((".new", ".old")) for entry in entries)


def _upwards(folder: str) -> Iterator[str]:
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        folder = above
        yield folder


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _add(digest: Any, name: str, content: bytes) -> None:
    digest.update(f"{name} {len(content)} ".encode("utf-8", "surrogateescape"))
    digest.update(content)
