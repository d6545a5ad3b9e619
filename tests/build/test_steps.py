"""The page on builds: its hooks run by the real pre-commit, its workflow's commands run in a real small project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from rekuest_codegen.server import EmbeddedServer, serving
from tests.processes import cli, run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "build-steps.md").read_text(encoding="utf-8")
LAB = """
from rekuest_codegen import easy

app = easy("lab")


@app.register()
def add(x: int{more}) -> int:
    return x
"""


def block(language: str, word: str) -> str:
    """The code block of the page that holds ``word``."""
    (found,) = [text for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if word in text]
    return str(found)


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    with serving(token="a-token") as running:
        yield running


@pytest.fixture
def environment(server: EmbeddedServer, tmp_path: Path) -> dict[str, str]:
    commands = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {
        "REKUEST_URL": server.url,
        "REKUEST_TOKEN": server.token,
        "PATH": commands,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
    }


@pytest.fixture
def project(environment: dict[str, str], tmp_path: Path) -> Path:
    """A project in git with a package generated from the server."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text(block("toml", "http://lab.example"), encoding="utf-8")
    push(environment, tmp_path, "")
    done = run(cli("pull"), cwd=root, environment=environment)
    assert done.returncode == 0, done.stderr
    git(root, "init", "-q")
    git(root, "add", ".")
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, timeout=60)


def push(environment: dict[str, str], folder: Path, more: str) -> None:
    (folder / "lab.py").write_text(LAB.format(more=more), encoding="utf-8")
    assert run(cli("push", "lab.py"), cwd=folder, environment=environment).returncode == 0


def test_the_hooks(project: Path, environment: dict[str, str]) -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    assert run([sys.executable, "-m", "pre_commit", "validate-manifest", str(manifest)]).returncode == 0
    hooks = {hook["id"]: hook for hook in yaml.safe_load(manifest.read_text(encoding="utf-8"))}
    named = re.findall(r"- id: (\S+)", block("yaml", "rev:"))
    assert set(named) == set(hooks)
    # This environment instead of one that pre-commit would set up from a release.
    local = [{**hook, "language": "system"} for hook in hooks.values()]
    config = project / ".pre-commit-config.yaml"
    config.write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}), encoding="utf-8")

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", name]
        return run(command, cwd=project, environment=environment)

    fine = hook("rekuest-codegen-check")
    assert fine.returncode == 0, fine.stdout + fine.stderr
    module = project / "src" / "mylab" / "nodes" / "lab.py"
    written = module.read_bytes()
    module.write_bytes(written + b"# by hand\n")
    edited = hook("rekuest-codegen-check")
    assert edited.returncode == 1
    assert "src/mylab/nodes: " in edited.stdout
    assert "file lab.py: changed" in edited.stdout
    assert hook("rekuest-codegen-pull").returncode == 1  # it changed a file, which is what pre-commit calls a failure
    assert module.read_bytes() == written
    assert hook("rekuest-codegen-check").returncode == 0


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one step: ``done`` is None where it was passed over."""

    command: str
    done: subprocess.CompletedProcess[str] | None


def workflow(folder: Path, environment: dict[str, str], *, uncommented: bool = False) -> dict[str, Step]:
    """The commands of the page's workflow, as a runner has them run: after one that failed only those that say so."""
    text = block("yaml", "runs-on")
    text = re.sub(r"# (- run: \S.*?)  #", r"\1  #", text) if uncommented else text
    job = yaml.safe_load(text)["jobs"]["nodes"]
    assert set(job["env"]) < set(environment)
    install, *steps = [step for step in job["steps"] if "run" in step]
    assert install["run"] == "pip install rekuest-codegen"
    failed, seen = False, dict[str, Step]()
    for step in steps:
        runs = {"${{ success() }}": not failed, "${{ !cancelled() }}": True}[step.get("if", "${{ success() }}")]
        done = run(["bash", "-ec", step["run"]], cwd=folder, environment=environment) if runs else None
        failed = failed or (done is not None and done.returncode != 0)
        seen[step["run"].split()[1]] = Step(step["run"], done)
    return seen


def ended(steps: dict[str, Step]) -> dict[str, int | None]:
    return {name: step.done.returncode if step.done else None for name, step in steps.items()}


def test_the_workflow(project: Path, environment: dict[str, str], tmp_path: Path) -> None:
    environment["GITHUB_WORKSPACE"] = str(tmp_path)
    assert ended(workflow(project, environment)) == {"check": 0, "diff": 0}
    push(environment, tmp_path, ", y: int")
    steps = workflow(project, environment)
    assert ended(steps) == {"check": 1, "diff": 0}
    assert "lab/add" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    check = steps["check"].done
    assert check is not None
    assert re.search(r"^::error file=project/src/mylab/nodes/lab\.py", check.stdout, re.MULTILINE)


def test_modules_that_stay_out_of_git(project: Path, environment: dict[str, str], tmp_path: Path) -> None:
    git(project, "rm", "-rq", "--cached", ".")
    (project / ".gitignore").write_text(block("gitignore", "manifest"), encoding="utf-8")
    git(project, "add", ".")
    git(project, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(project), str(clone))
    assert [path.name for path in (clone / "src" / "mylab" / "nodes").iterdir()] == ["manifest.json"]
    assert ended(workflow(clone, environment, uncommented=True)) == {"pull": 0, "check": 0, "diff": 0}
    assert run(["git", "status", "--porcelain"], cwd=clone).stdout == ""
