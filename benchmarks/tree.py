"""What a process and all its children cost: CPU by the kernel's account, memory by looking (Linux)."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.005


@dataclass(frozen=True)
class Cost:
    """Seconds of user and system time of a process and the children it waited for; the most bytes that all of them
    had resident, as far as a look every five milliseconds shows."""

    cpu: float
    memory: int


def cost_of(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Cost:
    """Run ``command`` to its end.

    Raises:
        SystemExit: it fails.
    """
    log = cwd / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT)
        ended = threading.Event()
        seen = [0]
        watch = threading.Thread(target=_watch, args=(process.pid, ended, seen))
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        ended.set()
        watch.join()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{log.read_text()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, seen[0])


def _watch(pid: int, ended: threading.Event, seen: list[int]) -> None:
    own = Path("/proc/self/cmdline").read_bytes()
    while not ended.wait(EVERY):
        seen[0] = max(seen[0], sum(_highest(one, own) for one in _tree(pid)))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        try:
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        except OSError:
            continue
    return found


def _highest(pid: int, own: bytes) -> int:
    """The most that was resident of ``pid`` so far; nothing while it has not yet become another program than us."""
    try:
        if Path(f"/proc/{pid}/cmdline").read_bytes() == own:
            return 0
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024
