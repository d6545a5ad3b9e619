"""``[tool.rekuest-codegen.build]``: what the hooks of build tools generate when a project is built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rekuest_codegen.project.table import Table, suggestion
from rekuest_codegen.project.target import Target


class Builds(NamedTuple):
    """Attributes:
    frozen: generate from the manifests, offline; otherwise from servers and source code, as ``pull`` does.
    targets: the names of those to generate; none stands for all.
    """

    frozen: bool = True
    targets: tuple[str, ...] = ()


def read_builds(table: Table, targets: Sequence[Target]) -> Builds:
    """What ``table`` says.

    Raises:
        ConfigurationError: it says what nobody understands, or names a target that is not there.
    """
    table.only(("frozen", "targets"))
    known = [target.name for target in targets]
    named = table.texts("targets", '["mynodes"]')
    for name in named:
        if name not in known:
            advice = suggestion(name, known) if known else "there is no target at all"
            table.refuse(f"targets: no target {name!r}; {advice}", "targets")
    return Builds(frozen=table.flag("frozen") if "frozen" in table.raw else True, targets=named)
