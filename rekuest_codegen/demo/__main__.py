"""The whole walk on one machine: server, provider, pull, calls, each in a process of its own.

``--write-example`` pulls into ``generated_example/`` instead and calls nothing. Started from the project's folder.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

READY_WITHIN = 60.0
CALLS_WITHIN = 120.0
EXAMPLE = Path("generated_example")


def main(arguments: Sequence[str]) -> int:
    example = "--write-example" in arguments
    out = EXAMPLE / "mynodes" if example else Path("mynodes")
    started = time.perf_counter()
    environment = {**os.environ, "REKUEST_TOKEN": secrets.token_urlsafe(24), "PYTHONUNBUFFERED": "1"}
    server = [sys.executable, "-m", "rekuest_codegen", "serve", "--port", "0", "--memory"]
    provider = [sys.executable, "-m", "rekuest_codegen.demo.provider"]
    with running(server, environment, "ready") as line:
        environment["REKUEST_URL"] = next(word for word in line.split() if word.startswith("http://"))
        with running(provider, environment, "providing"):
            pull = [sys.executable, "-m", "rekuest_codegen", "pull", "--out", str(out), "--app", "demo"]
            code = subprocess.run(pull, env=environment, check=False, timeout=CALLS_WITHIN).returncode
            if code == 0 and not example:
                # The example's own copy of the stubs must not be found first: that is what -P is for.
                environment["PYTHONPATH"] = os.getcwd()
                calls = [sys.executable, "-P", str(EXAMPLE / "demo.py")]
                code = subprocess.run(calls, env=environment, check=False, timeout=CALLS_WITHIN).returncode
    print(f"{time.perf_counter() - started:.1f} s from nothing to here", flush=True)
    return code


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], word: str) -> Generator[str]:
    """A process, once it has printed a line with ``word`` in it; gives that line. Ended with SIGTERM."""
    # Flushed, for what the processes print themselves has its place between.
    print("$", " ".join(["python", *command[1:]]), flush=True)
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield first_line(process, word)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def first_line(process: subprocess.Popen[str], word: str) -> str:
    """The first line with ``word`` in it; a process that does not print one in time is killed."""
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    alarm = threading.Timer(READY_WITHIN, process.kill)
    alarm.start()
    try:
        for line in process.stdout:
            print(" ", line.rstrip(), flush=True)
            if word in line:
                return line
    finally:
        alarm.cancel()
    raise SystemExit(f"a process ended without saying {word!r}: exit code {process.wait()}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
