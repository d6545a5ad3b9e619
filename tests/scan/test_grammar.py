"""One source, one tree: what the running Python's parser refuses is read by libcst, and means the same."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, scan
from rekuest_codegen.scan.grammar import parse_any
from rekuest_codegen.scan.trees import Unreadable, parse, type_alias, type_parameters
from tests.scan.test_resilience import slice_of

NEWER = '''
from rekuest_codegen import register
type Level = float
type Pair[T = int] = tuple[T, T]
class Box[T]: ...

@register
def measure(level: Level = 1.0, name: str = "ä") -> Level:
    """Measure."""
    return f"{level:{'>' + "3"}} {"nested"}"

@register
def first[T, **P](
    value_: T,
    pair: Pair,
    box: Box
): ...

def plain[
    T,
](x: T): ...
'''

REFUSED = SyntaxError("as if it were")


def without_texts(tree: ast.AST) -> str:
    """A tree with its f-strings left out, which are replaced by a value of no meaning."""

    class Blank(ast.NodeTransformer):
        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
            return ast.copy_location(ast.Constant(0), node)

    for node in ast.walk(Blank().visit(tree)):
        if isinstance(node, ast.Constant) and node.value == 0:
            node.lineno = node.col_offset = node.end_lineno = node.end_col_offset = 0
    return ast.dump(tree, include_attributes=True)


@pytest.mark.parametrize("path", slice_of(Path(sysconfig.get_paths()["stdlib"]))[:12], ids=lambda path: path.name)
def test_both_parsers_give_one_tree(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert without_texts(parse_any(text, REFUSED)) == without_texts(ast.parse(text))


def test_a_newer_grammar_is_read(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(NEWER, encoding="utf-8")
    result = scan([path], ScanOptions(search_path=()))
    (found,) = result.nodes
    assert [(port.kind, port.default) for port in found.node.args] == [("FLOAT", 1.0), ("STRING", "ä")]
    places = [(finding.where.removeprefix(f"{path}:"), finding.code) for finding in result.findings]
    assert places == [
        ("8:13", "richer-than-upstream"),
        ("8:53", "richer-than-upstream"),
        ("14:13", "type-variable"),
        ("15:11", "unknown-type"),
        ("16:10", "undeclared-type"),
    ]


def test_formatted_texts_mean_the_same_to_every_python(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    lines = [
        "from rekuest_codegen import register",
        "type Level = float",
        "WHO, MANY = 'you', 2",
        "@register",
        "def f(a: str = f'to {WHO}', b: str = 'x' f'{MANY}' 'y') -> None: 'F.'",
        "@register",
        """def g(a: int = f'{WHO['a']}', b=f'{'it'}' 'y', c: str = 'a' f"{WHO!r}") -> None: 'G.'""",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = scan([path], ScanOptions(search_path=()))
    assert [port.default for found in result.nodes for port in found.node.args] == ["to you", "x2y"]
    assert [finding.code for finding in result.findings] == ["computed-default"] * 3
    assert f"`{lines[6][15:28]}`" in result.findings[0].message


@pytest.mark.parametrize("text", ["""\"a"f"{'a' "b"}\"""", """''f"{\na}\"""", """''\\\nrf'{""'b'}'"""])
def test_a_word_right_before_a_formatted_text(text: str) -> None:
    tree = parse_any(f"y = 1 if A else{text}\nz = {text}\n", REFUSED)
    assert [type(statement) for statement in tree.body] == [ast.Assign, ast.Assign]
    assert isinstance(tree.body[0], ast.Assign)
    assert isinstance(tree.body[0].value, ast.IfExp)


@pytest.mark.parametrize("tree", [parse(NEWER), parse_any(NEWER, SyntaxError())], ids=["as needed", "by libcst"])
def test_what_is_new_is_on_the_nodes(tree: ast.Module) -> None:
    said = {node.name: type_parameters(node) for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert said == {"Box": ("T",), "measure": (), "first": ("T", "P"), "plain": ("T",)}
    aliases = [alias for node in tree.body if (alias := type_alias(node)) is not None]
    assert [(alias.name, alias.parameters, ast.unparse(alias.value)) for alias in aliases] == [
        ("Level", (), "float"),
        ("Pair", ("T",), "tuple[T, T]"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("x = 1\ndef f(:\n", (2, 7), "invalid syntax"),
        ("x = (\n", (1, 5), "'(' was never closed"),
        ("if a:\nb\n", (2, 1), "expected an indented block after 'if' statement on line 1"),
        ("a\0b", (1, 1), "source code string cannot contain null bytes"),
    ],
)
def test_what_nobody_parses_is_said_as_python_says_it(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert caught.value.message == f"is no valid Python: {message}"
    assert (caught.value.line, caught.value.column) == place
