"""What the pages on configuration and building show: every command is one, every table is understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from rekuest_codegen.cli import main
from rekuest_codegen.cli.targets import PATTERNS
from rekuest_codegen.fetch import shelf
from rekuest_codegen.project import CHOICES, read_project
from rekuest_codegen.project.target import KEYS
from tests.conftest import ROOT

PAGES = [ROOT / "docs" / name for name in ("configuration.md", "packages.md")]
TEXTS = [path.read_text(encoding="utf-8") for path in PAGES]


def blocks(language: str) -> list[str]:
    return [block for text in TEXTS for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]


COMMANDS = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_one(line: str) -> None:
    program, name, *arguments = shlex.split(line, comments=True)
    assert program == "rekuest-codegen"
    assert isinstance(main, click.Group)
    with click.Context(main) as context:
        command = main.get_command(context, name)
        assert command is not None
        command.make_context(name, arguments, parent=context)  # raises for what it does not know


@pytest.mark.parametrize("block", blocks("toml"))
def test_a_table_is_understood(block: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(block, encoding="utf-8")
    project = read_project(file)
    assert project.targets or project.structures


def test_every_key_is_documented() -> None:
    rows = {
        name for row in re.findall(r"^\| (`.*?) \|", TEXTS[0], re.MULTILINE) for name in re.findall(r"`(.+?)`", row)
    }
    assert rows == set(KEYS)
    for choices in CHOICES.values():
        assert all(f'"{choice}"' in TEXTS[0] for choice in choices)
    assert all(f"`--{name}`" in TEXTS[0] for name in PATTERNS)


def test_the_example_of_an_error_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (said,) = re.findall(r"`(pyproject\.toml:3: .*?\?)`", TEXTS[0])
    (tmp_path / "pyproject.toml").write_text("\n[tool.rekuest-codegen.targets.lab]\noutt = 'x'\n", encoding="utf-8")
    with pytest.raises(Exception, match="did you mean") as caught:
        read_project(tmp_path / "pyproject.toml")
    assert str(caught.value) == said


def test_the_size_of_the_cache_is_what_it_says() -> None:
    assert f"{256 * shelf.MAX_DRAWER // 1024**2} MB" in TEXTS[1]
