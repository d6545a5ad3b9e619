"""The logger that sockets are given: what they say at DEBUG is every frame, and some frames hold a token.

A frame with a token in it is logged as such, without its text; all others as they are. What is logged here also
reaches whoever listens to the root logger, so it is taken out at the source.
"""

from __future__ import annotations

import logging
from functools import cache

from websockets.frames import Frame

NAME = "rekuest_codegen.frames"
_TRACES = (b"token", b"TOKEN", b"Authorization", b"authorization")


class _Silence(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and any(_is_secret(arg) for arg in record.args):
            record.msg, record.args = f"{str(record.msg)[:1]} a frame with a token in it", ()
        return True


def _is_secret(thing: object) -> bool:
    return isinstance(thing, Frame) and any(trace in bytes(thing.data) for trace in _TRACES)


@cache
def frames_logger() -> logging.Logger:
    """The logger for every websocket that we open."""
    logger = logging.getLogger(NAME)
    logger.addFilter(_Silence())
    return logger
