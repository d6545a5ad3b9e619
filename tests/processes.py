"""Other people's programs, and ours, in processes of their own; every wait for them is bounded."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from rekuest_codegen.cli import entry

WITHIN = 60.0


@contextmanager
def running(
    command: Sequence[str], *, until: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Generator[tuple[subprocess.Popen[str], str]]:
    """A process, once it has printed a line with ``until`` in it, and that line; ended with SIGTERM."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
    )
    alarm = threading.Timer(WITHIN, process.kill)
    alarm.start()
    assert process.stdout is not None
    seen: list[str] = []
    drain: threading.Thread | None = None
    try:
        for line in process.stdout:
            seen.append(line)
            if until in line:
                break
        else:
            raise AssertionError(f"{command} ended without saying {until!r}:\n{''.join(seen)}")
        alarm.cancel()
        drain = threading.Thread(target=process.stdout.read, daemon=True)
        drain.start()
        yield process, seen[-1]
    finally:
        alarm.cancel()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if drain is not None:
            drain.join(10)
        process.stdout.close()


def run(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """A process run to its end."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
    )


def cli(*arguments: str) -> list[str]:
    """Our command line, in this environment."""
    return [sys.executable, "-m", "rekuest_codegen", *arguments]


def run_here(
    *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Our command line in this process: for tests of what a command does, where a process of its own says no more."""
    said, complained, code = io.StringIO(), io.StringIO(), 0
    with (
        chdir(cwd or Path.cwd()),
        patch.dict(os.environ, environment or {}),
        patch.object(sys, "argv", ["rekuest-codegen", *arguments]),
        patch.object(sys, "stdin", io.StringIO()),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        try:
            entry.run()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), complained.getvalue())
