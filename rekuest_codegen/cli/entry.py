"""Where the program begins. ``pull --frozen`` with nothing changed is over before a parser of options is loaded.

It is what a build runs every time, and mostly for nothing. Whatever is not exactly that, or not certain, or goes
wrong, is left to the command, which answers the same and explains itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def run() -> None:
    """The command line."""
    told = _told_at_once(sys.argv[1:])
    if told is not None:
        print(told)
        return
    from rekuest_codegen.cli.group import main

    main(prog_name="rekuest-codegen")


def _told_at_once(arguments: Sequence[str]) -> str | None:
    if len(arguments) < 2 or arguments[0] != "pull" or "--frozen" not in arguments:
        return None
    rest = [word for word in arguments[1:] if word != "--frozen"]
    out = rest.pop(place + 1) if "--out" in rest[:-1] and (place := rest.index("--out")) >= 0 else None
    names = [word for word in rest if word != "--out"]
    if len(names) != len(rest) - (out is not None) or any(word.startswith("-") for word in (*names, out or "")):
        return None
    from rekuest_codegen.build.choice import chosen
    from rekuest_codegen.build.unchanged import told_unchanged
    from rekuest_codegen.errors import RekuestError

    try:
        project, targets = chosen(names, out)
        lines = [told_unchanged(target, project) for target in targets]
    except RekuestError:
        return None
    said = [line for line in lines if line is not None]
    return "\n".join(said) if len(said) == len(lines) else None
