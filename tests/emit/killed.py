"""A program that writes a package again and again, each time killed one line later, and looks at what is left.

``python -m tests.emit.killed FOLDER`` forks a child for every line that a run executes in the rooms that publish; the
child is killed with SIGKILL when it gets there. Prints how many were killed, how many left the old package and how
many the new, or what was found wrong.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from rekuest_codegen.emit import contents, lock, swap, walk, write

FILES = {str(module.__file__) for module in (contents, lock, swap, walk, write)}
MANIFEST = '{{"format": 1, "provenance": {{}}, "files": {{{files}}}, "nodes": []}}'
LIMIT = 5000


def package(version: int) -> dict[str, str]:
    texts = {"__init__.py": "from . import one, two\n", "one.py": f"v = {version}\n", "two.py": f"v = {version}\n"}
    texts |= {f"only_{version}.py": "", "sub/same.py": "v = 0\n"}
    hashes = ", ".join(f'"{path}": "{"0" * 64}"' for path in texts)
    return {**texts, "manifest.json": MANIFEST.format(files=hashes)}


def tree(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def killed_at(out: Path, files: dict[str, str], line: int) -> bool:
    """Whether a child was killed at the ``line``-th line, before it was done."""
    child = os.fork()
    if child == 0:
        left = [line]

        def count(frame: FrameType, event: str, argument: object) -> Any:
            if event == "line":
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return count

        sys.settrace(lambda frame, event, argument: count if frame.f_code.co_filename in FILES else None)
        write.write_package(out, files, keep=("notes.md",))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(folder: Path, *, exchange: bool) -> None:
    if not exchange:
        swap._renameat2 = lambda: None  # type: ignore[assignment]  # as on a system without it
    out = folder / "mynodes"
    states = [{**package(version), "notes.md": "of hours"} for version in (0, 1)]
    write.write_package(out, package(0))
    (out / "notes.md").write_text("of hours")
    counts = [0, 0, 0]
    for line in range(1, LIMIT):
        if not killed_at(out, package(1), line):
            print("killed", *counts)
            return
        if exchange or out.exists():
            found = tree(out)
            if found not in states:
                raise SystemExit(f"line {line}: neither the old package nor the new: {sorted(found)}")
            counts[states.index(found)] += 1
        else:
            counts[2] += 1
        # The next run puts right what is left, and gets what it wants.
        write.write_package(out, package(0), keep=("notes.md",))
        if tree(out) != states[0] or [path.name for path in folder.iterdir()] != ["mynodes"]:
            raise SystemExit(f"line {line}: not put right: {sorted(folder.iterdir())}")
    raise SystemExit("the child was killed every time; it is never done")


if __name__ == "__main__":
    main(Path(sys.argv[1]), exchange=sys.argv[2] == "exchange")
