"""What changed between two sets of nodes: golden cases for every rule, and the properties of the table.

``REKUEST_ACCEPT=1`` writes what is given now; read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest

from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.ir.compare import RULES, Impact, compare, ignored, unknown_patterns

CASES = Path(__file__).parents[1] / "cases" / "compare"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
PAGE = Path(__file__).parents[2] / "docs" / "changes.md"


def read(case: str, name: str) -> list[Node]:
    return [read_node(raw) for raw in json.loads((CASES / case / f"{name}.json").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", NAMES)
def test_case(case: str) -> None:
    changes = compare(read(case, "old"), read(case, "new"))
    text = "".join(f"{change.impact}: {change}\n" for change in changes)
    expected = CASES / case / "changes.txt"
    if os.environ.get("REKUEST_ACCEPT"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", NAMES)
def test_the_order_of_listing_has_no_say(case: str) -> None:
    old, new = read(case, "old"), read(case, "new")
    shuffled = [*old, *old], [*new, *new]
    for nodes in shuffled:
        random.Random(1).shuffle(nodes)
    assert compare(*shuffled) == compare(old, new)
    assert compare(old, shuffled[0]) == ()


def test_every_rule_has_a_case() -> None:
    seen = {change.rule.id for case in NAMES for change in compare(read(case, "old"), read(case, "new"))}
    assert seen == set(RULES)


def test_every_rule_is_one_sentence_under_an_id_of_words() -> None:
    for id_, rule in RULES.items():
        assert id_ == rule.id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", id_)
        assert rule.sentence[0].isupper()
        assert rule.sentence.endswith(".")
        assert rule.sentence.count(".") == 1
        assert len(rule.sentence) < 100
    assert {rule.impact for rule in RULES.values()} == set(Impact)


def test_the_documentation_has_the_table() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(rule.id, rule.impact.value, rule.sentence) for rule in RULES.values()]


def test_a_hash_alone_is_no_change() -> None:
    node = read_node({"key": "f", "app": "lab", "hash": "one"})
    assert compare([node], [node.model_copy(update={"hash": "two"})]) == ()


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([], False),
        (["node-removed"], False),
        (["node-added"], True),
        (["node-*"], True),
        (["lab/f"], True),
        (["lab/g"], False),
        (["node-added:lab/f"], True),
        (["node-added:lab/*"], True),
        (["node-added:Lab/*"], False),
        (["arg-added:lab/*", "*:*/f"], True),
    ],
)
def test_ignored(patterns: list[str], expected: bool) -> None:
    (change,) = compare([], [read_node({"key": "f", "app": "lab"})])
    assert ignored(change, patterns) is expected


def test_unknown_patterns() -> None:
    assert unknown_patterns(["arg-*", "node-added:lab/f", "arg-remvoed", "x*:lab/*"]) == ["arg-remvoed", "x*:lab/*"]
