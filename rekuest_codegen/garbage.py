"""No search for reference cycles while many objects are made that have none."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Generator[None]:
    """Pause Python's collector: trees are millions of nodes to look through, over and over, and nothing to find."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():
                # What was made is here to stay: it goes to the oldest generation, without being looked through.
                gc.freeze()
                gc.unfreeze()
            gc.enable()
