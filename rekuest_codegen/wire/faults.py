"""What an error means that somebody else's code raised while it was to give a token."""

from __future__ import annotations

import socket
import sys

from rekuest_codegen.errors import ConfigurationError, RekuestError, Unreachable

NETWORK = (ConnectionError, TimeoutError, socket.gaierror)
OF_CLIENTS = {"httpx": ("TransportError",), "requests": ("ConnectionError", "Timeout")}
"""Errors of the network by the modules that have them, which whoever raises them has imported."""


def fault(who: str, error: Exception) -> RekuestError:
    """The error of ours for what ``who`` raised: of the network, or else of whoever wrote that code."""
    said = str(error).replace("\n", " ")
    why = f"no token: {who} raised {type(error).__name__}{f': {said}' if said else ''}"
    return Unreachable(why) if _of_network(error) else ConfigurationError(why)


def _of_network(error: Exception) -> bool:
    loaded = [(sys.modules[name], kinds) for name, kinds in OF_CLIENTS.items() if name in sys.modules]
    return isinstance(error, (*NETWORK, *(getattr(module, kind) for module, kinds in loaded for kind in kinds)))
