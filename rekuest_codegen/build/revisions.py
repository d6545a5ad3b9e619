"""A file as it was in a git revision: ``HEAD~3:mynodes/manifest.json``.

Git is asked through ``cat-file --batch``, which takes names on its standard input: whatever the name is, it is no
option and no command. It runs no filter, no hook and no program of the repository's, fetches nothing, and both its
time and what is read of it are bounded.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO

from rekuest_codegen.errors import ConfigurationError

MAX_BYTES = 256 * 1024 * 1024
MAX_COMPLAINT = 10_000
WITHIN = 30.0
"""Seconds for git to answer."""
QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def read_revision(name: str, folder: Path) -> str:
    """The text of the file that git calls ``name`` (``REVISION:path/of/file``) in the repository around ``folder``.

    Raises:
        ConfigurationError: there is no git, no repository, no such revision or file, or it is too large.
    """
    if not name.isprintable() or name.startswith("-"):
        raise ConfigurationError(f"{name!r}: no name of a file in a git revision; expected one like HEAD~3:mynodes")
    with tempfile.TemporaryFile() as complaints:
        text = _read(name, folder, complaints)
        complaints.seek(0)
        said = complaints.read(MAX_COMPLAINT).decode("utf-8", "replace")
    if match := re.search(r"log for .* only goes back to [^\n]*", said):
        raise ConfigurationError(f"{name!r}: git does not know what was there then: {match[0]}")
    return text


def is_revision(name: str, folder: Path) -> bool:
    """Whether git calls a commit ``name`` in the repository around ``folder``, where no file is called so."""
    if not name or not name.isprintable() or name.startswith("-") or (folder / name).exists():
        return False
    command = ["git", "--no-pager", "-C", str(folder), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    try:
        # Not a shell, and the name is no option.
        done = subprocess.run(  # noqa: S603 - git, with arguments that are checked above
            command, capture_output=True, timeout=WITHIN, check=False, env={**os.environ, **QUIET}
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _read(name: str, folder: Path, complaints: IO[bytes]) -> str:
    command = ["git", "--no-pager", "-C", str(folder), "cat-file", "--batch"]
    try:
        # Not a shell: the name is written to its input.
        process = subprocess.Popen(  # noqa: S603 - git, without a shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, **QUIET},
        )
    except OSError as error:
        raise ConfigurationError(f"{name!r}: git cannot be run ({error.strerror or error})") from None
    alarm = threading.Timer(WITHIN, process.kill)
    alarm.start()
    try:
        return _answer(process, name, folder)
    finally:
        alarm.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what git did not want to read
                    pipe.close()


def _answer(process: subprocess.Popen[bytes], name: str, folder: Path) -> str:
    assert process.stdin is not None  # noqa: S101 - for the type checker
    assert process.stdout is not None  # noqa: S101 - as asked for
    try:
        process.stdin.write(f"{name}\n".encode())
        process.stdin.flush()
    except OSError:
        raise ConfigurationError(f"{name!r}: {_silent(folder)}") from None
    head = process.stdout.readline(len(name.encode()) + 200)
    kind, size = head.rstrip(b"\n").rsplit(b" ", 2)[-2:] if head.count(b" ") >= 2 else (b"missing", b"")
    if not head:
        raise ConfigurationError(f"{name!r}: {_silent(folder)}")
    if kind == b"tree" or kind == b"commit":
        raise ConfigurationError(f"{name!r}: is a folder in that revision; a file was expected")
    if kind != b"blob" or not size.isdigit():
        advice = "paths begin at the top of the repository, or with ./ from here"
        raise ConfigurationError(f"{name!r}: git knows no such file in such a revision ({advice})")
    if int(size) > MAX_BYTES:
        raise ConfigurationError(f"{name!r}: has {int(size)} bytes; files above {MAX_BYTES} are not read")
    content = process.stdout.read(int(size))
    if len(content) != int(size):
        raise ConfigurationError(f"{name!r}: git stopped in the middle of it; try again")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{name!r}: is not text in UTF-8 ({error.reason})") from None


def _silent(folder: Path) -> str:
    return f"git gives no answer; is {folder} in a repository, and the path in it?"
