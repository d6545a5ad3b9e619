"""Where the program begins. ``pull --frozen`` is over before a parser of options is loaded, changed or not.

It is what a build runs every time, and mostly for nothing. Whatever is not exactly that is left to the command, which
answers the same.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence


def run() -> None:
    """The command line."""
    asked = _frozen(sys.argv[1:])
    if asked is None:
        from rekuest_codegen.cli.group import main

        main(prog_name="rekuest-codegen")
    else:
        sys.exit(_pull_frozen(*asked))


def _pull_frozen(names: Sequence[str], out: str | None) -> int:
    """`build.packages.pull_frozen`, which is not loaded where nothing has changed; the exit code."""
    from rekuest_codegen.build.unchanged import answer, question

    try:
        question_ = question(names, out)
        lines = answer(question_)
        if lines is None:
            lines = _generated(names, out, question_)
        if lines is None:
            return 2
        print("\n".join(lines), flush=True)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
        # Nobody reads on, and what is left would be written once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    return 0


def _generated(names: Sequence[str], out: str | None, question: str | None) -> list[str] | None:
    from rekuest_codegen.build.packages import pull_frozen
    from rekuest_codegen.cli.mistakes import lines_of
    from rekuest_codegen.errors import RekuestError

    try:
        return pull_frozen(names, out, question)
    except RekuestError as error:
        print("\n".join(lines_of(error)), file=sys.stderr)
        return None


def _frozen(arguments: Sequence[str]) -> tuple[list[str], str | None] | None:
    """The names and the folder of ``pull --frozen``, where nothing else is said."""
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
    if any(word.startswith("-") for word in (*names, out or "")) or (out is not None and os.path.isfile(out)):
        return None
    return names, out
