"""``manifest.json``: where a package came from, what it was made of, and which files are ours.

It is the snapshot to generate from again without a server, one node a line so that a change shows as one. It holds
no time and no version of ours, so that equal nodes give equal text. Who only asks which files are ours loads no nodes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rekuest_codegen.errors import ConfigurationError, DefinitionError, Finding
from rekuest_codegen.shapes import is_array, is_object

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node
    from rekuest_codegen.ir.records import NodeRecord

MANIFEST = "manifest.json"
FORMAT = 1
REFERENCE: Mapping[str, Any] = {"reference": True}
"""The provenance of pages that `docs` writes."""
_NODES = ',\n  "nodes": [\n'
"""Where the nodes begin. A text in JSON holds no line break."""
_NODE = "    "
"""What stands before each."""
_END = "\n  ]\n}\n"


def manifest(nodes: Sequence[Node | NodeRecord], provenance: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """The manifest of a package of ``nodes`` that consists of ``files``.

    Raises:
        DefinitionError: a node holds what JSON cannot.
    """
    from rekuest_codegen.ir import canonical_json
    from rekuest_codegen.ir.records import records

    listed = f",\n{_NODE}".join([node.text for node in records(nodes)])
    hashes = ",\n".join(
        f"    {canonical_json(path)}: {canonical_json(file_hash(files[path]))}" for path in sorted(files)
    )
    return (
        "{\n"
        f'  "format": {FORMAT},\n'
        f'  "provenance": {canonical_json(dict(provenance))},\n'
        f'  "files": {{\n{hashes}\n  }}{_NODES}{_NODE if listed else ""}{listed}{_END}'
    )


def read_manifest(text: str) -> tuple[list[Node], dict[str, Any]]:
    """The nodes and the provenance that a manifest keeps.

    Raises:
        ConfigurationError: the text is no manifest, or one of a later format.
        DefinitionError: a node in it cannot be expressed.
    """
    from rekuest_codegen.ir import read_node

    raw = _load(text)
    nodes, provenance = raw.get("nodes"), raw.get("provenance")
    if not is_array(nodes) or not is_object(provenance) or not all(is_object(node) for node in nodes):
        raise ConfigurationError("no nodes and provenance in it; restore it, or pull again")
    findings: list[Finding] = []
    read: list[Node] = []
    for node in nodes:
        try:
            read.append(read_node(node))
        except DefinitionError as error:
            findings.extend(error.findings)
    if findings:
        raise DefinitionError(findings)
    return read, provenance


def read_records(text: str) -> tuple[list[NodeRecord], dict[str, Any]]:
    """As `read_manifest`, but records: where nothing about a node is strange, no model of it is made.

    Raises:
        ConfigurationError, DefinitionError: as `read_manifest`.
    """
    from rekuest_codegen.ir.outlines import Outlines
    from rekuest_codegen.ir.records import records

    outlines = Outlines()
    for texts_of in (_lines, _canonical):
        texts, provenance = texts_of(text)
        known = [made for node in texts if (made := outlines.read(node)) is not None]
        if texts and len(known) == len(texts):
            return known, provenance
    nodes, provenance = read_manifest(text)
    return records(nodes), provenance


def written_files(text: str) -> dict[str, str]:
    """The files a manifest says we wrote, with the hash of each; one that was damaged after them still says so.

    Raises:
        ConfigurationError: the text is no manifest.
    """
    head, nodes, _ = text.partition(_NODES)
    try:
        # As we wrote it, and then the nodes, which are nearly all of it, need not be read.
        files = _load(f"{head}\n}}").get("files") if nodes else None
    except ConfigurationError:
        files = None
    if files is None:
        files = _load(text).get("files")
    if not is_object(files):
        raise ConfigurationError("no files in it")
    return {path: str(hash_) for path, hash_ in files.items()}


def is_reference(text: str) -> bool:
    """Whether a manifest is one of pages (`REFERENCE`), and not of a package."""
    head, nodes, _ = text.partition(_NODES)
    try:
        return bool(json.loads(f"{head}\n}}" if nodes else text)["provenance"] == REFERENCE)
    except (ValueError, LookupError, TypeError, RecursionError):
        return False


def _lines(text: str) -> tuple[list[str], dict[str, Any]]:
    """The texts of the nodes in a manifest as we write it, and its provenance; no texts where it is not written so."""
    head, _, nodes = text.partition(_NODES)
    if nodes.startswith(_NODE) and nodes.endswith(_END):
        try:
            provenance = _load(f"{head}\n}}").get("provenance")
        except ConfigurationError:
            provenance = None
        if is_object(provenance):
            return nodes[len(_NODE) : -len(_END)].split(f",\n{_NODE}"), provenance
    return [], {}


def _canonical(text: str) -> tuple[list[str], dict[str, Any]]:
    """As `_lines`, of a manifest that is written in any other way."""
    from rekuest_codegen.ir.records import canonical

    raw = _load(text)
    nodes, provenance = raw.get("nodes"), raw.get("provenance")
    try:
        return (list(map(canonical, nodes)), provenance) if is_array(nodes) and is_object(provenance) else ([], {})
    except (ValueError, RecursionError):
        return [], {}


def file_hash(text: str) -> str:
    return bytes_hash(text.encode())


def bytes_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _load(text: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"no JSON ({error}); restore it from git, or pull again") from None
    if not is_object(raw) or raw.get("format") != FORMAT:
        raise ConfigurationError(f"not a manifest of format {FORMAT}; a newer rekuest-codegen may read it")
    return raw
