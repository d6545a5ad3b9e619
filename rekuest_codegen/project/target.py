"""``[tool.rekuest-codegen.targets.NAME]``: one package, where its nodes come from and how it is to look.

Paths are relative to the file that says them. Where neither ``url`` nor ``source`` is said, the nodes come from the
server of the environment. A token is none of a file's business; where it is found can be said.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from rekuest_codegen.project.filters import EVERYTHING, FIELDS, Filters, Patterns
from rekuest_codegen.project.importable import refusal
from rekuest_codegen.project.table import Table

CHOICES: Mapping[str, tuple[str, ...]] = {
    "layout": ("apps", "flat"),
    "async-naming": ("prefix", "suffix"),
    "enums": ("auto", "literal", "class"),
    "docstrings": ("google", "numpy", "rest"),
}
"""How a package may look; the first of each is the default."""
KEYS = (
    *("url", "profile", "token-variable", "source", "out", "include", "exclude", "search", "connected"),
    *(*CHOICES, "templates", "keep", "ignore"),
)


class Target(NamedTuple):
    """One package to generate.

    Attributes:
        name: what the user calls it.
        out: its folder, absolute.
        root: the folder that ``source`` is relative to, absolute.
        url, source, profile: where its nodes come from; at most one of them.
        token_variable: the environment variable that has the token for its server.
        filters: which of the nodes.
        layout, async_naming, enums, docstrings, templates: how it is to look.
        keep: files of the user's that may lie in it, as patterns of paths relative to it.
        ignore: what `diff` is not to speak of, the project's own list included.
    """

    name: str
    out: Path
    root: Path
    url: str | None = None
    source: str | None = None
    filters: Filters = EVERYTHING
    layout: str = "apps"
    async_naming: str = "prefix"
    enums: str = "auto"
    docstrings: str = "google"
    templates: Path | None = None
    keep: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: str | None = None
    token_variable: str | None = None

    @property
    def emit(self) -> dict[str, Any]:
        """What `EmitOptions` take of this, by their names."""
        names = (*(name.replace("-", "_") for name in CHOICES), "templates")
        return {name: getattr(self, name) for name in names}


def read_targets(table: Table, ignore: tuple[str, ...]) -> tuple[Target, ...]:
    """The targets in ``table``, in the order in which they are written.

    Raises:
        ConfigurationError: one of them says what nobody understands, or two write one package.
    """
    targets: list[Target] = []
    for name in table.raw:
        if not name.isprintable() or not name.strip() or name.startswith("-"):
            table.refuse(f"{name!r} is no name for a target; expected one like mynodes", name)
        target = _read(table.table(name), name, ignore)
        for other in targets:
            one, another = _folded(target.out), _folded(other.out)
            if one.is_relative_to(another) or another.is_relative_to(one):
                table.refuse(f"{name!r} and {other.name!r} would write into one folder; give each an out of its own")
        targets.append(target)
    return tuple(targets)


def _read(table: Table, name: str, ignore: tuple[str, ...]) -> Target:
    if "server" in table.raw:
        table.refuse("unknown key 'server'; did you mean 'url'?", "server")
    table.only(KEYS)
    root = table.document.path.parent
    url, source, profile, variable = _origin(table)
    out = _path(root, table.text("out") or name)
    if (problem := refusal(out, root)) is not None:
        table.refuse(f"out: {problem}", "out")
    templates = table.text("templates")
    filters = _filters(table)
    if source is not None and (filters.search or filters.connected):
        table.refuse("search and connected are for a server; with source there is none", "search")
    return Target(
        name=name,
        out=out,
        root=root,
        url=url,
        source=source,
        filters=filters,
        templates=_path(root, templates) if templates else None,
        keep=_keep(table),
        profile=profile,
        token_variable=variable,
        ignore=tuple(dict.fromkeys((*ignore, *table.texts("ignore", '["node-added", "arg-*:lab/*"]')))),
        **{key.replace("-", "_"): table.choice(key, choices) for key, choices in CHOICES.items()},
    )


def _origin(table: Table) -> tuple[str | None, str | None, str | None, str | None]:
    """Address, source code, profile, and the variable that has the token."""
    url, source, profile = table.text("url"), table.text("source"), table.text("profile")
    variable = table.text("token-variable")
    if url is not None and source is not None:
        table.refuse("has a url and a source; nodes come from one of them", "source")
    if profile is not None and (url is not None or variable is not None):
        other = "url" if url is not None else "token-variable"
        table.refuse(f"has a profile and a {other}; the profile says both, server and token", other)
    if source is not None and (profile is not None or variable is not None):
        table.refuse("profile and token-variable are for a server; with source there is none", "source")
    if url is not None and "@" in url:
        table.refuse("url: leave credentials out; the token is REKUEST_TOKEN's", "url")
    if variable is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", variable):
        # It may be a token, and is not repeated.
        table.refuse(
            'token-variable: expected the name of a variable, as in token-variable = "LAB_TOKEN"', "token-variable"
        )
    return url, source, profile, variable


def _filters(table: Table) -> Filters:
    sides: list[dict[str, tuple[str, ...]]] = []
    for key in ("include", "exclude"):
        side = table.table(key)
        side.only(FIELDS)
        sides.append({field: side.texts(field, '["imagej", "lab-*"]') for field in FIELDS})
    include, exclude = sides
    return Filters(
        **include, exclude=Patterns(**exclude), search=table.text("search"), connected=table.flag("connected")
    )


def _keep(table: Table) -> tuple[str, ...]:
    patterns = table.texts("keep", '["notes.md", "extra/*.py"]')
    for pattern in patterns:
        if pattern.startswith("/") or "\\" in pattern or ".." in PurePosixPath(pattern).parts:
            table.refuse(f"keep: {pattern!r} leads out of the package; name files in it, with forward slashes", "keep")
    return patterns


def _folded(path: Path) -> Path:
    """``path`` as file systems compare it that know no upper and lower case."""
    return Path(unicodedata.normalize("NFC", str(path).casefold()))


def _path(root: Path, text: str) -> Path:
    return Path(os.path.abspath(root / text))
