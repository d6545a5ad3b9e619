"""Where the program begins. ``pull --frozen`` with nothing changed is over before a parser of options is loaded.

It is what a build runs every time, and mostly for nothing. Whatever is not exactly that, or not certain, is left to
the command, which answers the same and explains itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def run() -> None:
    """The command line."""
    lines = _told_at_once(sys.argv[1:])
    if lines is not None:
        print("\n".join(lines))
        return
    from rekuest_codegen.cli.group import main

    main(prog_name="rekuest-codegen")


def _told_at_once(arguments: Sequence[str]) -> list[str] | None:
    if len(arguments) < 2 or arguments[0] != "pull" or "--frozen" not in arguments:
        return None
    names: list[str] = []
    out: str | None = None
    rest = iter(arguments[1:])
    for word in rest:
        if word == "--out" and out is None:
            out = next(rest, "-")
        elif word != "--frozen":
            names.append(word)
    if any(word.startswith("-") for word in (*names, out or "")):
        return None
    from rekuest_codegen.build.unchanged import answer, question

    return answer(question(names, out))
