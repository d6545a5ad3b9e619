"""From a server to its nodes: `fetch_nodes` asks, `listing` decides what, `exchange` does the asking."""

from rekuest_codegen.fetch.listing import Filters, OnPage, fetch_nodes

__all__ = ["Filters", "OnPage", "fetch_nodes"]
