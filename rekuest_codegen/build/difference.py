"""What differs between a package on disk and what it should be: files and nodes, by name. Nothing is ever written.

A package is replaced as a whole, by somebody else, at any time: what is read here is read again until it is of one
piece.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rekuest_codegen.errors import OutputError, RekuestError

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node
    from rekuest_codegen.ir.records import NodeRecord

ATTEMPTS = 5
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Files by path relative to the package, nodes as ``app/key``; sorted.

    ``added`` files are missing on disk, ``removed`` ones are there and no longer generated, ``strangers`` are neither
    ours nor kept. Nodes are compared with those the manifest on disk has.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    nodes_added: tuple[str, ...] = ()
    nodes_removed: tuple[str, ...] = ()
    nodes_changed: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    """Where the package was made from, and where from now, if it is that alone that differs in its manifest."""

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.strangers)


def difference(
    out: Path, files: Mapping[str, str], nodes: Iterable[Node | NodeRecord], *, keep: Sequence[str] = ()
) -> Difference:
    """What keeps the folder ``out`` from being the package of ``files``, generated from ``nodes``.

    Raises:
        OutputError: nobody can tell: it cannot be read, or changes all the time.
    """
    try:
        there, strangers = _read(out, keep)
    except OSError as error:
        raise OutputError(f"{error.filename or out}: {error.strerror or error}") from None
    new = {path: text.encode() for path, text in files.items()}
    added, removed, changed = _nodes(there.get(MANIFEST), nodes)
    same = not (added or removed or changed) and MANIFEST in there and there[MANIFEST] != new.get(MANIFEST)
    return Difference(
        added=tuple(sorted(new.keys() - there.keys())),
        changed=tuple(sorted(path for path in new.keys() & there.keys() if new[path] != there[path])),
        removed=tuple(sorted(there.keys() - new.keys())),
        strangers=strangers,
        nodes_added=added,
        nodes_removed=removed,
        nodes_changed=changed,
        origin=_origins(there[MANIFEST], new.get(MANIFEST, b"")) if same else (),
    )


def _read(out: Path, keep: Sequence[str]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    from rekuest_codegen.emit.contents import Contents, contents, refuse_pages

    for attempt in range(ATTEMPTS):
        try:
            before = _mark(out)
            there = contents(out, keep) or Contents({})
            refuse_pages(out, there)
            found = {path: (out / path).read_bytes() for path in there.ours}
            if _mark(out) == before:
                return found, there.strangers
        except FileNotFoundError:
            if attempt == ATTEMPTS - 1:
                raise
    raise OutputError(f"{out}: is replaced faster than it can be read; try again")


def _mark(out: Path) -> tuple[int, int]:
    """What tells a folder from one that has taken its place; numbers are used again, times are not."""
    found = out.stat() if out.is_dir() else None
    return (found.st_ino, found.st_ctime_ns) if found is not None else (0, 0)


def _nodes(manifest: bytes | None, nodes: Iterable[Node | NodeRecord]) -> tuple[tuple[str, ...], ...]:
    from rekuest_codegen.emit.manifest import read_records
    from rekuest_codegen.ir.records import records

    old: dict[tuple[str, str, str], str] = {}
    if manifest is not None:
        try:
            kept, _ = read_records(manifest.decode("utf-8"))
            old = {_identity(node): node.text for node in kept}
        except (RekuestError, UnicodeDecodeError):
            pass  # the file differs, which is said; what it once held cannot be
    new = {_identity(node): node.text for node in records(nodes)}
    versions = Counter(identity[:2] for identity in old.keys() | new.keys())
    sides = (
        new.keys() - old.keys(),
        old.keys() - new.keys(),
        {identity for identity in new.keys() & old.keys() if new[identity] != old[identity]},
    )
    return tuple(tuple(sorted(_named(identity, versions) for identity in side)) for side in sides)


def _origins(*manifests: bytes) -> tuple[str, ...]:
    """The places that the manifests name, old and new; nothing where they name the same, or none can be read."""
    from rekuest_codegen.emit.manifest import read_records

    said: list[str] = []
    for manifest in manifests:
        try:
            _, provenance = read_records(manifest.decode("utf-8"))
        except (RekuestError, UnicodeDecodeError):
            return ()
        said.append(str(provenance.get("server") or provenance.get("source") or "a server on this machine"))
    return () if said[0] == said[1] else tuple(said)


def _identity(node: NodeRecord) -> tuple[str, str, str]:
    return node.app, node.key, node.version


def _named(identity: tuple[str, str, str], versions: Mapping[tuple[str, str], int]) -> str:
    app, key, version = identity
    return f"{app}/{key}" + (f" {version}" if versions[app, key] > 1 else "")
