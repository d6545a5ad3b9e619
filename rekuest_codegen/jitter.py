"""Pauses that differ, so that those who failed together do not come again together."""

from __future__ import annotations

import random

# The generator of the `random` module is the program's, which may have seeded it for runs that can be repeated.
_draws = random.SystemRandom()


def jittered(pause: float) -> float:
    """``pause`` (seconds), or less: down to half of it."""
    return pause * _draws.uniform(0.5, 1.0)
