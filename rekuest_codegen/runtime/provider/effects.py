"""What running a node does to the world, as far as it matters to whoever would run it once more."""

from __future__ import annotations

from enum import StrEnum


class Effects(StrEnum):
    """``@app.register(effects=Effects.REPEATABLE)``: what happens to a task whose agent died in the midst of it.

    NONE: it changes nothing. REPEATABLE: doing it twice leaves what doing it once leaves. Tasks of both kinds are
    queued again. UNKNOWN, the default, and IRREVERSIBLE (a stage moved, a sample used up) end as lost.
    """

    NONE = "NONE"
    REPEATABLE = "REPEATABLE"
    UNKNOWN = "UNKNOWN"
    IRREVERSIBLE = "IRREVERSIBLE"
