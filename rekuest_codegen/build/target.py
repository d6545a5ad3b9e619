"""One target on its road: from nodes to the files of its package, and onto the disk."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rekuest_codegen.build.origins import OnFindings, Snapshot, from_manifest, from_server, from_source
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import Project, Target

if TYPE_CHECKING:
    from rekuest_codegen.emit import WriteResult
    from rekuest_codegen.fetch import OnPage


def snapshot_of(
    target: Target,
    *,
    token: str | None = None,
    frozen: bool = False,
    timeout: float = 30.0,
    on_page: OnPage | None = None,
    on_findings: OnFindings | None = None,
) -> Snapshot:
    """The nodes of ``target``: from its own manifest when ``frozen``, from its source or its server otherwise.

    Raises:
        RekuestError: they cannot be had, or there are none.
    """
    if frozen:
        return from_manifest(target.out, target.filters)
    if target.source is not None:
        found = from_source(target.source, target.filters, root=target.root, on_findings=on_findings)
    elif not target.url:
        raise ConfigurationError("no server: give --url, or set REKUEST_URL (http://127.0.0.1:8000)")
    elif not token:
        raise ConfigurationError("no token: give --token, or set REKUEST_TOKEN")
    else:
        found = from_server(target.url, token, target.filters, on_page=on_page, timeout=timeout)
    if not found.nodes:
        asked = ", ".join(f"{name} {_shown(value)}" for name, value in target.filters.said().items())
        place = target.source or target.url
        raise ConfigurationError(f"no nodes{f' for {asked}' if asked else ''} at {place}; nothing was written")
    return found


def generated(target: Target, project: Project, snapshot: Snapshot) -> dict[str, str]:
    """The files of the package of ``target``, by path relative to it. Nothing is written.

    Raises:
        DefinitionError, ConfigurationError, GenerationError: as `generate`.
    """
    from rekuest_codegen.emit import EmitOptions, generate

    known = {field.name for field in fields(EmitOptions)}
    asked = {name: value for name, value in target.emit.items() if name in known}
    return generate(snapshot.nodes, EmitOptions(structures=project.classes, provenance=snapshot.provenance, **asked))


def write(target: Target, files: dict[str, str]) -> WriteResult:
    """Make the folder of ``target`` hold ``files``, and what it keeps of the user's.

    Raises:
        OutputError: it cannot be done; what was there is still there.
    """
    from rekuest_codegen.emit import write_package

    return write_package(Path(target.out), files)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " or ".join(repr(one) for one in value)  # pyright: ignore[reportUnknownVariableType]
    return repr(value)
