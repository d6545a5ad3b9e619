"""The examples in the pages about providing: they are read without a finding, they run, and their tests pass."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from rekuest_codegen.errors import Severity
from rekuest_codegen.scan import scan
from tests.processes import run, running

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"providing.md": 2, "state.md": 1, "reliability.md": 1}
BLOCK = re.compile(r"```python\n# (?P<name>\w+\.py)\n(?P<code>.*?)```", re.DOTALL)


def written(page: str, folder: Path) -> list[Path]:
    """The files of a page."""
    files: list[Path] = []
    for block in BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")):
        files.append(folder / block["name"])
        files[-1].write_text(block["code"], encoding="utf-8")
    return files


@pytest.mark.parametrize("page", PAGES)
def test_examples_are_provided(page: str, settings: dict[str, str], tmp_path: Path) -> None:
    files = written(page, tmp_path)
    assert len(files) == PAGES[page]
    result = scan([files[0]])
    assert [str(one) for one in result.findings if one.severity is Severity.ERROR] == []
    command = [sys.executable, "-W", "error", files[0].name]
    with running(command, until="providing", environment=settings, cwd=tmp_path) as (_, line):
        assert line.endswith(f"providing {len(result.nodes)} nodes\n")


def test_the_tests_in_the_page_pass(tmp_path: Path) -> None:
    written("providing.md", tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "test_lab.py"]
    done = run(command, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


@pytest.mark.parametrize("page", [*PAGES, "contracts.md", "migrating.md"])
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / page).read_text(encoding="utf-8")):
        assert (DOCS / target).exists(), target
