"""What a caller may ask of the generator."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from rekuest_codegen.errors import ConfigurationError

Layout = Literal["apps", "flat"]
AsyncNaming = Literal["prefix", "suffix"]
Enums = Literal["auto", "literal", "class"]
Docstrings = Literal["google", "numpy", "rest"]

CHOICES: Mapping[str, tuple[str, ...]] = {
    "layout": ("apps", "flat"),
    "async_naming": ("prefix", "suffix"),
    "enums": ("auto", "literal", "class"),
    "docstrings": ("google", "numpy", "rest"),
}
"""What each of these options may be; the first is the default."""

MODULE_SIZE = 200
"""Nodes, or types, that one module holds; more are split into parts of which only the touched ones are imported."""


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class EmitOptions(NamedTuple):
    """How a package is generated.

    Attributes:
        structures: by identifier, the user's own class (``"pkg.module:Class"``) that it is bound to.
        templates: a folder whose templates replace ours of the same name.
        provenance: where the nodes come from (server url, filters); written into the manifest, no more.
        module_size: nodes in one module, before it is split.
        layout: ``apps``, a module an app; or ``flat``, one module ``nodes`` for all.
        async_naming: the async form of ``add`` is ``aadd`` (``prefix``) or ``add_async`` (``suffix``).
        enums: ``auto``, classes but for those that were a ``Literal`` at the provider; ``literal``, no classes;
            ``class``, a class wherever the choices have an identifier to know them by.
        docstrings: the style of the sections in a function's docstring.
    """

    structures: Mapping[str, str] = _NOTHING
    templates: Path | None = None
    provenance: Mapping[str, Any] = _NOTHING
    module_size: int = MODULE_SIZE
    layout: Layout = "apps"
    async_naming: AsyncNaming = "prefix"
    enums: Enums = "auto"
    docstrings: Docstrings = "google"

    def check(self) -> None:
        """Raises:
        ConfigurationError: one of them is none of its choices.
        """
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                raise ConfigurationError(f"{name}: {value!r} is none of {', '.join(choices)}")
