"""What a caller of ours says to a server of ours beside an assignment, for which the contract has no place.

It travels in GraphQL-over-WebSocket's own ``extensions``, and only to who said that it takes it: the caller asks for
that with a field of its ``connection_init``, and the server says so in its ``connection_ack``. Servers ignore fields
there that they do not know.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rekuest_codegen.shapes import is_object

ASIDES = "asides"
"""The field of both introductions, and of the extensions."""

LISTENER = "listener"
"""The field of the introduction by which a caller names itself, over all its connections: it is told of the tasks that
it assigned or asked about, and not of those of all others that have the same token."""
MAX_NAME = 64

MAX_WITHIN = 30 * 24 * 3600.0
"""Seconds; who waits longer need not be waited for."""


class Aside(NamedTuple):
    """``awaited``: nobody looks at the answer before the task has ended, so that both may come together. ``within``:
    the seconds, from now on, after which nobody waits for the task any more."""

    awaited: bool = False
    within: float | None = None


NOTHING = Aside()


def write_aside(aside: Aside) -> dict[str, Any]:
    """The extensions that say it."""
    return {ASIDES: {name: value for name, value in aside._asdict().items() if value}}


def read_aside(extensions: object) -> Aside:
    """What somebody's extensions say, as far as it can be understood."""
    given = extensions.get(ASIDES) if is_object(extensions) else None
    if not is_object(given):
        return NOTHING
    within = given.get("within")
    known = isinstance(within, int | float) and not isinstance(within, bool) and 0 < within <= MAX_WITHIN
    return Aside(awaited=given.get("awaited") is True, within=within if known else None)


def read_listener(payload: object) -> str | None:
    """What a caller calls itself in its introduction, if it does."""
    name = payload.get(LISTENER) if is_object(payload) else None
    return name if isinstance(name, str) and 0 < len(name) <= MAX_NAME else None


def takes_asides(payload: object) -> bool:
    """Whether an introduction says that asides are taken, or asks whether they are."""
    return is_object(payload) and payload.get(ASIDES) is True
