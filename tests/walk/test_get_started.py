"""The get-started example of rekuest's own README runs with only its import line changed, and so does ours."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from rekuest_codegen.ir import PortKind
from rekuest_codegen.server import EmbeddedServer
from tests.processes import cli, run, running
from tests.walk.conftest import Calls

README = Path(__file__).parents[2] / "README.md"

THEIRS = '''
from rekuest_codegen import easy

app = easy("app_name")


class ComplexStructure:
    id: str

    def __init__(self, id):
        self.id = id

    async def ashrink(self):
        return self.id

    @classmethod
    async def aexpand(cls, value):
        return cls(value)


@app.rekuest.register()
def rpc_function(x: int, name: str) -> str:
    """
    A rpc function that we can
    simply call from anywhere

    """
    return f"{name} {x}"


@app.rekuest.register()
def complex_call(x: ComplexStructure) -> int:
    """Take a complex structure"""
    return len(x.id)


@app.rekuest.register()
def make_complex(id: str) -> ComplexStructure:
    """Give a complex structure"""
    return ComplexStructure(id)


with app:
    app.rekuest.run()
'''


def test_rekuests_own(settings: dict[str, str], tmp_path: Path, calls: Calls) -> None:
    provider = tmp_path / "provider.py"
    provider.write_text(THEIRS, encoding="utf-8")
    with running([sys.executable, "provider.py"], until="providing", environment=settings, cwd=tmp_path):
        results = calls(
            "import json\n"
            "from mynodes import app_name\n"
            "made = app_name.make_complex('four')\n"
            "print(json.dumps([app_name.rpc_function(3, name='x'), app_name.complex_call(made), made.object]))\n"
        )
    assert results == ["x 3", 4, "four"]


def test_the_readmes_ten_lines(server: EmbeddedServer, tmp_path: Path) -> None:
    """The README's provider, and its console commands one by one; only the port is a free one."""
    text = README.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n# provider\.py.*?\n(.*?)```", text, re.DOTALL)
    (console,) = re.findall(r"```console\n(\$ export .*?)```", text, re.DOTALL)
    export, serve, provide, pull, call, printed = console.strip().splitlines()
    (tmp_path / "provider.py").write_text(code, encoding="utf-8")
    assert export.startswith("$ export REKUEST_TOKEN=change-me REKUEST_URL=http://127.0.0.1:8000")
    assert serve.split("#")[0].split() == ["$", "rekuest-codegen", "serve"]
    environment = {"REKUEST_TOKEN": "change-me"}
    with running(cli("serve", "--port", "0"), until="ready", environment=environment, cwd=tmp_path) as (_, line):
        environment["REKUEST_URL"] = next(word for word in line.split() if word.startswith("http"))
        assert provide.split("#")[0].split() == ["$", "python", "provider.py"]
        with running([sys.executable, "provider.py"], until="providing", environment=environment, cwd=tmp_path):
            pulled = run(cli(*pull.split("#")[0].split()[2:]), environment=environment, cwd=tmp_path)
            assert pulled.returncode == 0, pulled.stderr
            (line_of_code,) = re.findall(r'python -c "(.*)"', call)
            done = run([sys.executable, "-c", line_of_code], environment=environment, cwd=tmp_path)
    assert (done.stdout, done.stderr) == (printed + "\n", "")
    assert (tmp_path / ".rekuest" / "server.db").exists()


def test_the_demo_calls_every_node(tmp_path: Path, user_python: Path) -> None:
    root = README.parent
    (tmp_path / "generated_example").symlink_to(root / "generated_example")
    done = run([str(user_python), "-m", "rekuest_codegen.demo"], cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    told = ["rekuest_codegen serve", "ready", "demo.provider", "providing 18 nodes", "called through", "from nothing"]
    assert [place for _, place in sorted((done.stdout.index(text), text) for text in told)] == told
    manifest = json.loads((tmp_path / "mynodes" / "manifest.json").read_text(encoding="utf-8"))
    for node in manifest["nodes"]:
        assert f" {node['key']}(" in done.stdout, f"{node['key']} is not called sync"
        assert re.search(rf"(await|in|gather\() ?a{node['key']}\(", done.stdout), f"{node['key']} is not called async"
    assert {port["kind"] for node in manifest["nodes"] for port in everywhere(node)} == KINDS


KINDS = frozenset(PortKind)


def everywhere(node: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    """All ports of a node, nested ones too."""
    todo = [*node.get("args", []), *node.get("returns", [])]
    for port in todo:
        children = port.get("children", [])
        todo.extend(children if isinstance(children, list) else [])
    return todo


def test_the_committed_example_is_what_the_demo_pulls(tmp_path: Path) -> None:
    root = README.parent
    (tmp_path / "generated_example").mkdir()
    done = run([sys.executable, "-m", "rekuest_codegen.demo", "--write-example"], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    written = tmp_path / "generated_example" / "mynodes"
    committed = root / "generated_example" / "mynodes"
    names = sorted(path.name for path in committed.iterdir() if path.name != "__pycache__")
    assert sorted(path.name for path in written.iterdir()) == names
    for name in names:
        assert (written / name).read_bytes() == (committed / name).read_bytes(), name
