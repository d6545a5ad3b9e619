"""What a server of ours says to who takes it in few words: all messages that are due in one frame, as a JSON array.

The contract has one message a frame, and what is due together is often half a dozen of them: an answer, its end, and
the events of a task that was short. Parsing a frame costs who gets it more than what is in it, and a third of what is
in it is wrapping. So in a bundle ``[id, data]`` is a ``next`` without errors, and the answer to a query or mutation has
no ``complete`` after it. Other messages are as they would be by themselves; what they mean, and their order, is the
same.

Who takes bundles says so with a field of its ``connection_init``; servers ignore fields there that they do not know.
All frames after the ``connection_ack`` are bundles then.
"""

from __future__ import annotations

from typing import Any

from rekuest_codegen.shapes import is_object

BUNDLES = "bundles"
"""The field of the introduction."""
MOST = 64 * 1024
"""Bytes above which nothing is added to a bundle. A larger message is one by itself."""


def takes_bundles(payload: object) -> bool:
    """Whether an introduction says that bundles are taken."""
    return is_object(payload) and payload.get(BUNDLES) is True


def in_a_bundle(message: dict[str, Any]) -> Any:
    """How ``message`` is said in a bundle."""
    if message["type"] == "next" and message["payload"].keys() == {"data"}:
        return [message["id"], message["payload"]["data"]]
    return message
