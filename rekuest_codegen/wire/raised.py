"""What a function raised, told beside its failure: a log of the task just before the report that ends it.

The report's own text stays what other clients expect, the exception's message. The log is what Python itself would
print: ``ValueError: no such image``, with the traceback before it where the provider allows that.
"""

from __future__ import annotations

import os
import traceback
from typing import NamedTuple

ALLOWED = "REKUEST_TRACEBACKS"
"""The variable by which a provider says that its tracebacks may travel: they name its paths and show its lines."""
MAX_TRACEBACK = 20_000
"""Characters of a traceback that travel; of a longer one, the end."""
MAX_TEXT = 16_000
"""Characters of what an exception says; of more, the beginning."""
HEAD = "Traceback (most recent call last):"


class Raised(NamedTuple):
    """The type of a remote exception, with its module unless that is ``builtins``, and its traceback if it was told."""

    type: str
    traceback: str | None


def text_of(error: BaseException) -> str:
    """What ``error`` says, whatever that is, as a text that can be sent; its type when it says nothing."""
    try:
        text = str(error)
    except Exception as failure:
        text = f"{type(error).__name__}, which cannot say more ({type(failure).__name__})"
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]} [... {len(text) - MAX_TEXT} more characters]"
    return (text or type(error).__name__).encode("utf-8", "replace").decode()


def name_of(error: BaseException) -> str:
    """The type of ``error``, with its module unless that is ``builtins``."""
    cls = type(error)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def tell(error: BaseException, message: str) -> str:
    """What is logged of ``error``, whose report says ``message``; all of it where ``REKUEST_TRACEBACKS`` is 1."""
    last = f"{name_of(error)}: {message}"
    if os.environ.get(ALLOWED) != "1":
        return last
    text = "".join(traceback.format_exception(error)).rstrip("\n").encode("utf-8", "replace").decode()
    if len(text) > MAX_TRACEBACK:
        text = f"{HEAD}\n  [...]\n{text[-MAX_TRACEBACK:]}"
    return f"{text}\n\n{last}"


def read(log: str | None, message: str) -> Raised | None:
    """What the last log of a task says of the failure that is reported as ``message``; None when it is of other
    things."""
    if log is None or not log.endswith(f": {message}"):
        return None
    before, _, name = log[: -len(message) - 2].rpartition("\n")
    if not all(part.isidentifier() for part in name.replace("<locals>", "locals").split(".")):
        return None
    return Raised(name, before.strip("\n") if HEAD in before else None)
