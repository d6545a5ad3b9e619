"""``run --reload``: a process that serves, and one that starts it anew whenever a source of the project changes.

A process of its own, because nothing else forgets what a module did when it was imported. It is ended with SIGTERM,
so running tasks are reported as stopped, and killed when that takes too long.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import click

from rekuest_codegen.cli.sources import shown_path
from rekuest_codegen.errors import MissingExtraError

STOP_WITHIN = 10.0
LOOK_EVERY = 500
"""Milliseconds after which, with nothing changed, the process is looked after."""


def supervise(arguments: Sequence[str], path: Path, environment: Mapping[str, str]) -> None:
    """Keep our command line running with ``arguments``, until SIGINT or SIGTERM.

    Raises:
        MissingExtraError: what watches files is not installed.
    """
    try:
        from watchfiles import DefaultFilter, watch
    except ModuleNotFoundError:
        raise MissingExtraError("--reload", "reload") from None
    command = [sys.executable, "-m", "rekuest_codegen", *arguments]
    stop = threading.Event()

    def stopped(number: int, frame: FrameType | None) -> None:
        stop.set()

    ignored = DefaultFilter()
    before = {number: signal.signal(number, stopped) for number in (signal.SIGINT, signal.SIGTERM)}
    child: subprocess.Popen[bytes] | None = None
    told = False
    try:
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - our own command
        for changes in watch(
            project_folder(path),
            watch_filter=lambda change, name: is_source(name) and ignored(change, name),
            stop_event=stop,
            rust_timeout=LOOK_EVERY,
            yield_on_timeout=True,
        ):
            if changes:
                name = shown_path(Path(min(name for _, name in changes)))
                click.echo(f"{name} changed; starting anew", err=True)
                end(child)
                child, told = subprocess.Popen(command, env=environment), False  # noqa: S603 - our own command, without a shell
            elif child.poll() is not None and not told:
                click.echo("waiting for a change", err=True)
                told = True
    finally:
        if child is not None:
            end(child)
        for number, handler in before.items():
            signal.signal(number, handler)


def project_folder(path: Path) -> Path:
    """Where the sources are that ``path`` belongs to: its project, else what its imports begin at."""
    from rekuest_codegen.project import find_project
    from rekuest_codegen.scan.source import module_name

    project = find_project(path.parent)
    return project.parent if project is not None else module_name(path)[1]


def is_source(name: str) -> bool:
    """Whether a change of the file can change what is provided."""
    return name.endswith((".py", "pyproject.toml"))


def end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
