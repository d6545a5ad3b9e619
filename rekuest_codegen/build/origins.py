"""Where nodes come from: a server, the manifest of a package, source code, a revision of either in git.

Every origin gives a `Snapshot`: the nodes, and what the manifest is to say of where they were found. Nothing of a
machine is in that: no absolute path, no loopback address, no token.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

from rekuest_codegen.counted import counted
from rekuest_codegen.errors import ConfigurationError, DefinitionError, Finding
from rekuest_codegen.printable import printable
from rekuest_codegen.project import EVERYTHING, Filters
from rekuest_codegen.shapes import is_object

if TYPE_CHECKING:
    from rekuest_codegen.fetch import Definitions, OnPage
    from rekuest_codegen.ir import Node
    from rekuest_codegen.ir.records import NodeRecord
    from rekuest_codegen.wire.auth import Auth

MANIFEST = "manifest.json"
N = TypeVar("N")
MAX_MANIFEST = 256 * 1024 * 1024

OnFindings = Callable[[Iterable[Finding]], None]


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Found(NamedTuple, Generic[N]):
    """Nodes, or records of them, and where they come from (``server`` or ``source``, and ``filters``). ``options`` is
    how a manifest's package was generated, ``findings`` what an origin had to say that kept nobody from going on."""

    nodes: tuple[N, ...]
    provenance: Mapping[str, Any] = _NOTHING
    options: Mapping[str, Any] = _NOTHING
    findings: tuple[Finding, ...] = ()


Snapshot: TypeAlias = "Found[Node]"
"""Nodes that can be looked into."""


def from_server(
    url: str,
    token: str | Auth,
    filters: Filters = EVERYTHING,
    *,
    on_page: OnPage | None = None,
    timeout: float = 30.0,
    known: Definitions | None = None,
) -> Snapshot:
    """The nodes of a server that ``filters`` take; ``timeout`` bounds each answer, in seconds, and what is ``known``
    is not asked for.

    Raises:
        RekuestError: as `fetch_nodes`.
    """
    from rekuest_codegen.fetch import fetch_nodes
    from rekuest_codegen.wire.endpoint import Endpoint

    endpoint = Endpoint.parse(url)
    nodes = fetch_nodes(url, token, filters, on_page=on_page, timeout=timeout, known=known)
    # A loopback address means nothing elsewhere.
    server = {} if endpoint.is_loopback else {"server": endpoint.base}
    return Found(tuple(nodes), {**server, **_chosen(filters)})


def from_manifest(package: Path, filters: Filters = EVERYTHING) -> Snapshot:
    """The nodes that a package was generated from, as its manifest keeps them.

    ``package`` is its folder, or the manifest itself, whatever that is called. The file is taken for text of a
    stranger's: each node is checked as one from a server is.

    Raises:
        ConfigurationError: there is no manifest, or it cannot be read.
        DefinitionError: a node in it cannot be expressed.
    """
    file = _manifest_of(package)
    return _kept(manifest_text(file), file.as_posix(), filters)


def from_package(package: Path) -> Found[NodeRecord]:
    """As `from_manifest`, all of them, for a generator: records, which are made without pydantic."""
    from rekuest_codegen.emit.manifest import read_records

    file = _manifest_of(package)
    return Found(*_read(read_records, manifest_text(file), file.as_posix()))


def _manifest_of(package: Path) -> Path:
    """The manifest that is meant: by itself, whatever it is called, or by the folder it is in."""
    itself = package.is_file() or (package.name == MANIFEST and not package.is_dir())
    return package if itself else package / MANIFEST


def from_revision(name: str, filters: Filters = EVERYTHING, *, folder: Path | None = None) -> Snapshot:
    """The nodes in the manifest of a package as it was in a git revision: ``HEAD~3:mynodes``.

    ``folder`` is where the repository is (the current directory); the path begins at the top of the repository, or
    with ``./`` there.

    Raises:
        ConfigurationError: there is no such revision, or no manifest in it.
        DefinitionError: a node in it cannot be expressed.
    """
    from rekuest_codegen.build.revisions import read_revision

    revision, colon, path = name.partition(":")
    if not colon or not revision:
        raise ConfigurationError(f"{name!r}: names no git revision; expected something like HEAD~3:mynodes")
    path = path.rstrip("/")
    if path.endswith((".py", ".pyi")):
        raise ConfigurationError(
            f"{name!r}: of a revision packages can be compared, and no source code; name a package's folder, as in "
            f"{revision}:mynodes, or check the revision out (git worktree add)"
        )
    if path.rpartition("/")[2] != MANIFEST:
        path = f"{path}/{MANIFEST}" if path else MANIFEST
    return _kept(read_revision(f"{revision}:{path}", folder or Path.cwd()), f"{revision}:{path}", filters)


def from_source(
    source: str, filters: Filters = EVERYTHING, *, root: Path | None = None, on_findings: OnFindings | None = None
) -> Snapshot:
    """The nodes that the code at ``source`` (a file, a folder, an installed package) registers, each under its app.

    A function that is registered with no app is of the app that ``filters`` names, if that is one. ``root`` is the
    folder that ``source`` is relative to (the current directory). ``on_findings`` is told all that the scan found,
    before an error ends it.

    Raises:
        ConfigurationError: there is no such source, nothing is registered in it, or the scan found an error.
        DefinitionError: a function whose app nobody can tell.
    """
    from rekuest_codegen.ir import definition_hash
    from rekuest_codegen.scan import scan_projects

    here = root or Path.cwd()
    result = scan_projects([source_path(source, here)])
    if on_findings is not None:
        on_findings(result.findings)
    if result.errors:
        raise ConfigurationError(f"{counted(len(result.errors), 'finding')} in {source}")
    if not result.nodes:
        raise ConfigurationError(f"{source}: no registered functions found")
    alone = filters.app[0] if len(filters.app) == 1 else ""
    nodes: list[Node] = []
    unknown: list[Finding] = []
    for found in result.nodes:
        node = found.node.model_copy(update={"app": found.node.app or alone, "hash": definition_hash(found.node)})
        if not node.app:
            text = f"{found.qualname} is registered with no app whose name can be read; say which with --app NAME"
            unknown.append(Finding("no-app", f"{from_here(found.path)}:{found.line}:1", text))
        else:
            nodes.append(node)
    if unknown:
        raise DefinitionError(unknown)
    kept = _taken(nodes, filters)
    return Found(kept, {"source": _named(source, here), **_chosen(filters)}, findings=result.findings)


def source_path(name: str, root: Path | None = None) -> Path:
    """The file or folder ``name`` (relative to ``root``), else the installed package of that name.

    Raises:
        ConfigurationError: there is neither.
    """
    from rekuest_codegen.scan import locate

    path = root / name if root is not None else Path(name)
    if path.exists():
        if path.is_file() and path.suffix not in (".py", ".pyi"):
            raise ConfigurationError(f"{printable(name)}: is no Python source; name a .py file, a folder or a package")
        return path
    found = locate(name)
    if found is None:
        raise ConfigurationError(
            f"{printable(name)}: no such file or folder, and no installed package of that name has Python sources"
        )
    return found


def manifest_text(file: Path) -> str:
    """What a manifest says.

    Raises:
        ConfigurationError: it is not there, or nothing that can be read.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_MANIFEST + 1)
    except FileNotFoundError:
        raise ConfigurationError(
            f"{from_here(file.parent)}: no {MANIFEST} there, which says what a package was generated from"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{from_here(file)}: {error.strerror or error}") from None
    if len(content) > MAX_MANIFEST:
        raise ConfigurationError(f"{from_here(file)}: is larger than {MAX_MANIFEST} bytes, and not read")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{from_here(file)}: is not text in UTF-8 ({error.reason})") from None


def _kept(text: str, place: str, filters: Filters) -> Snapshot:
    from rekuest_codegen.emit import read_manifest

    nodes, provenance, options = _read(read_manifest, text, place)
    return Found(_taken(nodes, filters), provenance, options)


def _read(
    read: Callable[[str], tuple[list[N], dict[str, Any]]], text: str, place: str
) -> tuple[tuple[N, ...], dict[str, Any], dict[str, Any]]:
    from rekuest_codegen.emit.manifest import REFERENCE

    try:
        nodes, provenance = read(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{printable(place)}: {error}") from None
    if provenance == REFERENCE:
        raise ConfigurationError(f"{printable(place)}: is of a reference, not of a package; name another folder")
    options = provenance.pop("options", {})
    if not is_object(options):
        raise ConfigurationError(f"{printable(place)}: options: expected a table")
    return tuple(nodes), provenance, options


def _taken(nodes: Iterable[Node], filters: Filters) -> tuple[Node, ...]:
    return tuple(node for node in nodes if filters.takes(node.app, node.key, node.collections, node.protocols))


def _chosen(filters: Filters) -> dict[str, Any]:
    said = filters.said()
    return {"filters": said} if said else {}


def _named(source: str, root: Path) -> str:
    """What the manifest says of source code: its path from ``root``, or a name, and nothing of this machine."""
    path = Path(os.path.abspath(root / source))
    if not path.exists():
        return source
    try:
        common = Path(os.path.commonpath([path, root]))
    except ValueError:  # another drive
        return path.name
    return path.name if common == Path(common.anchor) else Path(os.path.relpath(path, root)).as_posix()


def from_here(path: Path) -> str:
    """``path`` from the current directory, with forward slashes; absolute on another drive."""
    try:
        return printable(Path(os.path.relpath(path)).as_posix())
    except ValueError:
        return printable(path.as_posix())
