"""What a GraphQL answer says: data, or whose fault it is that there is none."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

from rekuest_codegen.errors import AccessDenied, NodeNotFound, ProtocolError, ServerError
from rekuest_codegen.shapes import is_array, is_object

REFUSALS = ("authorization", "token", "authenticated", "unauthorized", "forbidden", "signature")
"""Words by which a server's error is known for a refused token: the real one has no error code for it."""
NOBODY = (
    r"(Action|Implementation) matching query does not exist\."
    r"|No active implementation found for action .*"
    r"|Agent is not available \(not connected.*\)"
)
"""How the real server says that a node is not there, or not provided."""
MAX_TEXT = 500


def data_of(place: str, payload: Any) -> dict[str, Any]:
    """The ``data`` of a GraphQL answer that came from ``place``.

    Raises:
        AccessDenied: the token was refused. NodeNotFound: no such node, or nobody provides it now.
        ServerError: the server says why not. ProtocolError: it is no answer.
    """
    if is_object(payload) and is_object(data := payload.get("data")) and not payload.get("errors"):  # as almost all are
        return data
    if not is_object(payload) or not ("data" in payload or "errors" in payload):
        raise ProtocolError(f"{place}: not a GraphQL answer; is this the address of a rekuest server?")
    errors = payload.get("errors")
    if not errors:
        raise ProtocolError(f"{place}: an answer without data")
    texts = [str(error.get("message", error)) if is_object(error) else str(error) for error in _list(errors)]
    text = " ".join("; ".join(texts).split())[:MAX_TEXT]
    nothing: dict[str, Any] = {}
    first = next((error for error in _list(errors) if is_object(error)), nothing)
    extensions = first.get("extensions")
    said: dict[str, Any] = extensions if is_object(extensions) else nothing
    if said.get("code") == "NodeNotFound" or ("code" not in said and re.fullmatch(NOBODY, text)):
        raise NodeNotFound(f"{place}: {why_not(text)}")
    # The real server refuses before it looks at the document, and so without saying where in it. What is wrong with a
    # document does say where, and has such words too: a field `needsToken`, an unexpected token.
    nowhere = not (first.get("path") or first.get("locations"))
    if said.get("code") == "AccessDenied" or (nowhere and any(word in text.lower() for word in REFUSALS)):
        raise AccessDenied(f"{place}: the token was refused ({text})")
    failure = ServerError(f"{place}: {text}")
    failure.retry_safe = said.get("retrySafe") is True
    raise failure


def why_not(text: str) -> str:
    """What a server's words for a node that is not there, or that nobody provides, come to."""
    if text.startswith("No active implementation"):
        return "nobody provides it now"
    if text.startswith("Agent is not available"):
        return "the agent that provides it is not connected now"
    return "the server has no such node any more" if "matching query does not exist" in text else text


class reading:
    """``with reading(place):`` in the block the data of an answer that came from ``place`` is taken apart.

    Raises:
        ProtocolError: it is not of the shape that was asked for.
    """

    __slots__ = ("_place",)

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, LookupError | TypeError | ValueError | AttributeError | OverflowError):
            raise ProtocolError(f"{self._place}: the answer is not what was asked for ({error!r})") from None


def _list(value: Any) -> list[Any]:
    return value if is_array(value) else [value]
