"""How a function is to be run: said in its source, held against what its registration was given."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.runtime.provider.agent import registration_of
from rekuest_codegen.runtime.provider.sources import interface_of, provision, terms_of
from rekuest_codegen.scan import scan
from tests.runtime.conftest import load

HEAD = """\
from rekuest_codegen import easy

app = easy("terms")
LOCKS = ["a", *(name for name in "b")]


@app.state(required_locks=["lamp"])
class Lamp:
    on: bool = False


"""


def provided(folder: Path, options: str) -> Any:
    text = f"{HEAD}@app.register({options})\ndef switch(lamp: Lamp) -> None:\n    lamp.on = not lamp.on\n"
    (folder / "switching.py").write_text(text, encoding="utf-8")
    app = load(folder / "switching.py", "switching").app
    (one,) = provision(app.name, app.parts).functions
    return one.options


def test_locks_and_states_add_up(tmp_path: Path) -> None:
    options = provided(tmp_path, 'locks=["door", "lamp"], manipulates=["Door"]')
    assert (options.locks, options.manipulates) == (("door", "lamp"), ("Lamp", "Door"))


def test_who_does_without_the_locks_of_what_it_is_handed(tmp_path: Path) -> None:
    assert provided(tmp_path, 'locks=["door"], auto_locks=False').locks == ("door",)


@pytest.mark.parametrize("option", ["locks=LOCKS", "concurrency=len(LOCKS)", "process=bool(LOCKS)"])
def test_what_the_source_does_not_show_is_no_silence(tmp_path: Path, option: str) -> None:
    name = option.partition("=")[0]
    with pytest.raises(DefinitionError, match=f"switch: option {name} cannot be read from the source"):
        provided(tmp_path, option)


def test_what_only_others_act_on_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        provided(tmp_path, "in_process=True, policy=object(), bypass_shrink=False")
    said = [record.getMessage().rpartition("switching.py:")[2] for record in caplog.records]
    assert said == [f"13: switch: register({name}=...) is not acted on" for name in ("in_process", "policy")]


def test_what_is_told_without_running_is_what_the_agent_tells() -> None:
    path = Path(__file__).parents[1] / "workshop.py"
    app = load(path, "workshop_read").app
    told = registration_of(app.name, provision(app.name, app.parts)).terms
    read = {interface_of(found): terms_of(found) for found in scan([path]).nodes}
    assert read == dict(told)
    assert any(terms.locks for terms in read.values())
