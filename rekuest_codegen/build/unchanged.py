"""Has nothing changed? Answered from hashes, before anything is imported that could generate.

When a package was generated from its manifest, the cache remembers it under a hash of all that went into it: the
manifest, what was asked for, the templates, and the generator itself, its sources and its Python. Asked the same again,
the files that came out are known by their hashes, and the disk has them or has not. What is remembered cannot be
checked without doing the work, so it is taken only from a folder that nobody else may write to.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekuest_codegen.emit.contents import contents, leftovers
from rekuest_codegen.emit.manifest import MANIFEST, bytes_hash
from rekuest_codegen.errors import OutputError
from rekuest_codegen.fetch.shelf import Shelf
from rekuest_codegen.project import Project, Target
from rekuest_codegen.shapes import is_object

SHELF = "generated"
PACKAGE = Path(__file__).parents[1]
GENERATOR = ("emit", "ir", "build", "project", "_templates")
MAX_TEMPLATES = 1000
"""Files in a folder of templates; one with more is no such folder, and nothing is remembered of it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A package as it was generated: the hash of each file by its path, and how many nodes of how many apps."""

    files: Mapping[str, str]
    nodes: int
    apps: int


def question(target: Target, structures: Mapping[str, str] | None) -> str | None:
    """A hash of all that a package is generated from, when that is its own manifest; None when that cannot be told.

    ``structures`` are None for a package that is generated as its manifest records.
    """
    try:
        said = {**target.emit, "templates": None, "structures": structures, "named": bool(target.name)}
        asked = json.dumps({**said, "filters": target.filters.said()}, sort_keys=True, default=str)
        digest = hashlib.sha256(f"{sys.version} {asked} ".encode())
        for path, content in _generator():
            digest.update(f"{path} {len(content)} ".encode())
            digest.update(content)
        if target.templates is not None:
            for path, content in _texts(target.templates, "*"):
                digest.update(f"template {path} {len(content)} ".encode())
                digest.update(content)
        digest.update((target.out / MANIFEST).read_bytes())
    except OSError:
        return None
    return digest.hexdigest()


def unchanged(target: Target, asked: str | None) -> Made | None:
    """What the package of ``target`` was generated as, if the answer to ``asked`` is known and lies on the disk."""
    made = _remembered(asked) if asked is not None else None
    if made is None:
        return None
    try:
        there = contents(target.out, target.keep, said={**made.files, MANIFEST: ""})
        if there is None or there.strangers or leftovers(target.out) or there.ours.keys() != made.files.keys():
            return None
        if any(bytes_hash((target.out / path).read_bytes()) != said for path, said in made.files.items()):
            return None
    except (OSError, OutputError):
        return None
    return made


def told_unchanged(target: Target, project: Project) -> str | None:
    """The line for a package that is as its manifest and ``project`` say, or None when that is not certain."""
    made = unchanged(target, question(target, project.classes if target.name else None))
    return told(target, made.nodes, made.apps, "nothing changed") if made is not None else None


def told(target: Target, nodes: int, apps: int, result: str) -> str:
    """The line for a package that was pulled."""
    try:
        place = Path(os.path.relpath(target.out)).as_posix()
    except ValueError:  # another drive
        place = target.out.as_posix()
    return f"{place}: {nodes} nodes of {apps} apps; {result}"


def remember(asked: str | None, files: Mapping[str, str], nodes: int, apps: int) -> None:
    """Keep that ``files`` are the answer to ``asked``."""
    if asked is not None:
        hashes = {path: bytes_hash(text.encode()) for path, text in files.items()}
        shelf = Shelf(SHELF)
        shelf.put(asked, json.dumps({"files": hashes, "nodes": nodes, "apps": apps}).encode())
        shelf.tidy()


def _remembered(asked: str) -> Made | None:
    content = Shelf(SHELF, private=True).take(asked)
    try:
        raw: Any = json.loads(content) if content is not None else None
    except ValueError:
        return None
    if not is_object(raw) or not is_object(files := raw.get("files")):
        return None
    counts = [count for name in ("nodes", "apps") if isinstance(count := raw.get(name), int)]
    return Made({path: str(said) for path, said in files.items()}, counts[0], counts[1]) if len(counts) == 2 else None


def _generator() -> Iterator[tuple[str, bytes]]:
    for room in GENERATOR:
        yield from _texts(PACKAGE / room, "*.py" if room != "_templates" else "*")
    yield from _texts(PACKAGE.parent / "templates", "*")
    for name in ("__init__.py", "errors.py", "shapes.py"):
        yield name, (PACKAGE / name).read_bytes()


def _texts(folder: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    found = sorted(path for path in folder.rglob(pattern) if path.is_file())
    if len(found) > MAX_TEMPLATES:
        raise OSError(f"{folder}: too many files")
    for path in found:
        yield path.relative_to(folder).as_posix(), path.read_bytes()
