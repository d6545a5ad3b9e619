"""The tools of whoever receives a generated package, with their default settings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

BIN = Path(sys.executable).parent
MYPY = ("mypy", "--strict")


def place(root: Path, package: str, files: Mapping[str, str]) -> None:
    """Write ``files`` the plain way: what is tested here is the text."""
    for path, text in files.items():
        target = root / package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def run(*command: str, cwd: Path) -> str:
    """What a tool has to say, exit code first."""
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def ruff_complaints(root: Path) -> str:
    """What ruff would reformat or report, rule I (imports) included; empty when nothing."""
    formatted = run("ruff", "format", "--isolated", "--diff", "--quiet", "--no-cache", ".", cwd=root)
    checked = run("ruff", "check", "--isolated", "--extend-select", "I", "--quiet", "--no-cache", ".", cwd=root)
    return "".join(said.removeprefix("0\n") for said in (formatted, checked))


def mypy_complaints(root: Path) -> list[str]:
    said = run(*MYPY, "--no-error-summary", ".", cwd=root)
    return [line for line in said.splitlines()[1:] if ": error:" in line] or ([] if said.startswith("0") else [said])


def pyright_complaints(root: Path) -> list[str]:
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (root / "pyrightconfig.json").write_text(json.dumps(settings))
    said = run("pyright", "--outputjson", "--pythonpath", sys.executable, "-p", ".", cwd=root).split("\n", 1)[1]
    found = json.loads(said)["generalDiagnostics"]
    return [f"{Path(item['file']).name}:{item['range']['start']['line'] + 1}: {item['message']}" for item in found]
