"""Bars: what a node says of its progress, on a terminal, in a notebook's text, and to nobody."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from typing import Any

from rekuest_codegen.runtime.caller.bars import MAX_MESSAGE, Silent, TextBar, open_bar, shown
from tests.runtime.caller.test_at_exit import settings

PROGRAM = """
from lab_stubs import lab
from rekuest_codegen import map, options
with options(progress=True):
    print(lab.told(3))
    print(list(map(lab.add, [1, 2, 3])))
    try:
        lab.fail("no")
    except Exception as error:
        print(error)
print(lab.told(1))
"""


def on_a_terminal(lab: Any) -> tuple[str, str]:
    """What the program prints, and what is seen on the terminal that is its standard error."""
    ours, theirs = pty.openpty()
    seen: list[bytes] = []

    def watch() -> None:
        try:
            while data := os.read(ours, 65536):
                seen.append(data)
        except OSError:  # the other end is closed
            pass

    watching = threading.Thread(target=watch)
    watching.start()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, **settings(lab), "TERM": "xterm", "COLUMNS": "120"},
        text=True,
        timeout=60,
        check=True,
    )
    os.close(theirs)
    watching.join(10)
    os.close(ours)
    return done.stdout, b"".join(seen).decode()


def test_on_a_terminal(lab: Any) -> None:
    printed, seen = on_a_terminal(lab)
    assert printed == "told 3\n[2, 3, 4]\nlab/fail: ValueError: no\ntold 1\n"
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen)
    assert "lab/told" in plain
    assert "step 2" in plain
    assert "66%" in plain
    assert "lab/add" in plain
    assert "Traceback" not in plain
    assert seen.rstrip().endswith("\x1b[?25h") or "\x1b[?25h" in seen.rsplit("lab/", 1)[1], "the cursor is back"


def test_where_nobody_looks(lab: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        capture_output=True,
        env={**os.environ, **settings(lab)},
        text=True,
        timeout=60,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("told 3\n[2, 3, 4]\nlab/fail: ValueError: no\ntold 1\n", "")
    assert isinstance(open_bar("lab/add"), Silent)


def test_a_line_of_text() -> None:
    said: list[str] = []
    bar = TextBar("lab/add", said.append)
    bar.tell(0, None)
    bar.tell(None, "a long message")
    bar.tell(None, "a long message")  # no news
    bar.tell(50, "short")
    bar.tell(3, None, of=None)
    bar.tell(3, None, of=9)
    bar.close()
    bar.close()
    assert said == [
        "\rlab/add 0%",
        "\rlab/add 0% a long message",
        "\rlab/add 50% short        ",
        "\rlab/add 3 short  ",
        "\rlab/add 3/9 short",
        "\n",
    ]


def test_what_a_stranger_says_moves_no_cursor() -> None:
    assert "\x1b" not in shown("\x1b[2J\r\nhello\u202e")
    assert len(shown("x" * 1000)) <= MAX_MESSAGE
