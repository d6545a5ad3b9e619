"""From a server to its nodes: `fetch_nodes` asks and `afetch_nodes` too, `listing` decides what, `exchange` asks it.

Names are loaded at first use: who only wants to know what was fetched before waits for no HTTP client.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekuest_codegen.fetch.cache import Definitions
    from rekuest_codegen.fetch.listing import OnPage, afetch_nodes, fetch_nodes
    from rekuest_codegen.project import Filters

_PLACES = {
    "Definitions": "rekuest_codegen.fetch.cache",
    "Filters": "rekuest_codegen.project",
    "OnPage": "rekuest_codegen.fetch.listing",
    "afetch_nodes": "rekuest_codegen.fetch.listing",
    "fetch_nodes": "rekuest_codegen.fetch.listing",
}

__all__ = ["Definitions", "Filters", "OnPage", "afetch_nodes", "fetch_nodes"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    return value
