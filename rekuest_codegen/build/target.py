"""One target on its road: from an origin to nodes, to the files of its package, and onto the disk.

What the manifest of a package says is all that is needed to generate it again (``frozen``), byte for byte and without
a server: the nodes, where they were found, and how the package looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rekuest_codegen.build.origins import (
    MANIFEST,
    Found,
    OnFindings,
    from_package,
    from_server,
    from_source,
)
from rekuest_codegen.build.recorded import read_recorded, recorded
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import Project, Target
from rekuest_codegen.shapes import is_array, is_object

if TYPE_CHECKING:
    from rekuest_codegen.build.logins import Login
    from rekuest_codegen.emit import WriteResult
    from rekuest_codegen.fetch import Definitions, OnPage


def snapshot_of(
    target: Target,
    *,
    login: Login | None = None,
    frozen: bool = False,
    timeout: float = 30.0,
    on_page: OnPage | None = None,
    on_findings: OnFindings | None = None,
    known: Definitions | None = None,
) -> Found[Any]:
    """The nodes of ``target``: from its own manifest when ``frozen``, from its source or its server otherwise.

    ``login`` is for its server, ``known`` are definitions that need not be fetched.

    Raises:
        RekuestError: they cannot be had, or there are none.
    """
    if frozen:
        return _frozen(target)
    if target.source is not None:
        found = from_source(target.source, target.filters, root=target.root, on_findings=on_findings)
    elif login is None:
        raise ConfigurationError("no server: give --url or --profile, or set REKUEST_URL (http://127.0.0.1:8000)")
    else:
        url, auth = login
        found = from_server(url, auth, target.filters, on_page=on_page, timeout=timeout, known=known)
    if not found.nodes:
        asked = _spoken(target.filters.said())
        place = target.source or (login and login.url)
        raise ConfigurationError(f"no nodes{f' for {asked}' if asked else ''} at {place}; nothing was written")
    return found


def as_recorded(
    target: Target, snapshot: Found[Any], said: frozenset[str] = frozenset()
) -> tuple[Target, dict[str, str]]:
    """``target`` as the ``snapshot`` in its manifest says it was generated, and the classes it is bound to.

    For a package that no project speaks of. ``said`` are fields that are asked for differently than recorded.

    Raises:
        ConfigurationError: the manifest cannot be followed, or needs templates that were not given.
    """
    place = f"{target.out.name}/{MANIFEST}"
    options, structures = read_recorded(snapshot.options, place)
    templates = options.pop("templates", None)
    if templates is not None and "templates" not in said:
        raise ConfigurationError(
            f"{place}: was generated with templates of its own ({templates}); say where they are with --templates DIR"
        )
    return target._replace(**{name: value for name, value in options.items() if name not in said}), structures


def generated(
    target: Target, project: Project, snapshot: Found[Any], *, structures: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The files of the package of ``target``, by path relative to it. Nothing is written.

    ``structures`` are the classes that identifiers are bound to; those of ``project`` when left out.

    Raises:
        DefinitionError, ConfigurationError, GenerationError: as `generate`.
    """
    from rekuest_codegen.emit import EmitOptions, generate

    if target.templates is not None and not target.templates.is_dir():
        raise ConfigurationError(f"{target.templates}: no such folder of templates")
    bound = project.classes if structures is None else structures

    def made(target: Target) -> dict[str, str]:
        options = recorded(target, bound, snapshot.nodes)
        provenance = {**snapshot.provenance, **({"options": options} if options else {})}
        return generate(snapshot.nodes, EmitOptions(structures=bound, provenance=provenance, **target.emit))

    files = made(target)
    if target.templates is None:
        return files
    # Templates that changed nothing are not needed again, and so not recorded.
    ours = made(target._replace(templates=None))
    return ours if {**ours, MANIFEST: ""} == {**files, MANIFEST: ""} else files


def write(target: Target, files: Mapping[str, str]) -> WriteResult:
    """Make the folder of ``target`` hold ``files``, and what it keeps of the user's.

    Raises:
        OutputError: it cannot be done; what was there is still there.
    """
    from rekuest_codegen.emit import write_package

    return write_package(Path(target.out), files, keep=target.keep)


def _frozen(target: Target) -> Found[Any]:
    found = from_package(target.out)
    if not found.nodes:
        raise ConfigurationError(f"{target.out.name}/{MANIFEST}: no nodes in it; nothing was written")
    asked, was = target.filters.said(), found.provenance.get("filters", {})
    # Without the server nobody can tell which nodes other filters would take.
    if (asked or target.name) and asked != was:
        raise ConfigurationError(
            f"{target.out.name}/{MANIFEST}: was made with other filters ({_spoken(was) or 'none'})"
            f" than are asked for now ({_spoken(asked) or 'none'}); run it once without --frozen"
        )
    return found


def _spoken(filters: object) -> str:
    """Filters as a manifest has them, in words; nothing for none."""
    if not is_object(filters):
        return ""
    said = [f"{name} {_shown(filters[name])}" for name in sorted(filters) if name != "exclude"]
    excluded = filters.get("exclude")
    return ", ".join([*said, *([f"but not {_spoken(excluded)}"] if excluded else [])])


def _shown(value: Any) -> str:
    return " or ".join(map(repr, value)) if is_array(value) else repr(value)
