"""Validators that mean something in Python, as options of pydantic's ``Field``."""

from __future__ import annotations

from rekuest_codegen.ir.bounds import certain
from rekuest_codegen.ir.forms import AnyPort


def field_options(port: AnyPort) -> list[str]:
    """``gt=3`` and the like, for pydantic's ``Field``; empty when nothing is certain."""
    bounds: dict[str, int | float] = {}
    for _, found in certain(port):
        bounds.update({name: bound for name, bound in found.items() if name not in bounds})
    return [f"{name}={bound!r}" for name, bound in sorted(bounds.items())]
