"""The command line: parse, call one function, print what was found, exit with a code.

Exit codes: 0 done, 1 something differs or was found, 2 it could not be done. A user's mistake is one line on standard
error, never a traceback. Names are loaded at first use, as `entry` answers one question before there is a parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rekuest_codegen.lazy import lazy

if TYPE_CHECKING:
    from rekuest_codegen.cli.group import explained, main

__all__ = ["COMMANDS", "explained", "main"]

COMMANDS = (
    "agents",
    "call",
    "cancel",
    "check",
    "completion",
    "diff",
    "docs",
    "init",
    "new",
    "nodes",
    "pull",
    "push",
    "run",
    "scan",
    "serve",
    "show",
    "tasks",
    "templates",
    "watch",
)
"""Each is a function of its name in a module of its name."""


__getattr__ = lazy(__name__, {"explained": "group", "main": "group"})
