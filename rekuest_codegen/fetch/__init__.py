"""From a server to its nodes: `fetch_nodes` asks and `afetch_nodes` too, `listing` decides what, `exchange` asks it."""

from rekuest_codegen.fetch.listing import OnPage, afetch_nodes, fetch_nodes
from rekuest_codegen.project import Filters

__all__ = ["Filters", "OnPage", "afetch_nodes", "fetch_nodes"]
