"""From a server to its nodes: `fetch_nodes` asks and `afetch_nodes` too, `listing` decides what, `exchange` asks it.

Names are loaded at first use: who only wants to know what was fetched before waits for no HTTP client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rekuest_codegen.lazy import lazy

if TYPE_CHECKING:
    from rekuest_codegen.fetch.cache import Definitions
    from rekuest_codegen.fetch.listing import OnPage, Refused, afetch_nodes, fetch_nodes
    from rekuest_codegen.project import Filters

_PLACES = {
    "Definitions": "fetch.cache",
    "Filters": "project",
    "OnPage": "fetch.listing",
    "Refused": "fetch.listing",
    "afetch_nodes": "fetch.listing",
    "fetch_nodes": "fetch.listing",
}

__all__ = ["Definitions", "Filters", "OnPage", "Refused", "afetch_nodes", "fetch_nodes"]


__getattr__ = lazy(__name__, _PLACES, below="rekuest_codegen")
