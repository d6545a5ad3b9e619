"""Nodes then and now: which is which, and what became of each.

Of several definitions under one app and key the newest has the plain name, so the newest of then is compared with the
newest of now: that is what a caller of the name sees. Where a node was read (its hash) is no part of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rekuest_codegen.ir.compare.changes import Change, Found, differs, text_of
from rekuest_codegen.ir.compare.pairing import Pairing, form, pair_by_key
from rekuest_codegen.ir.compare.ports import Side, compare_port, is_optional, told
from rekuest_codegen.ir.naming import KEYWORDS, PARAMETER, assign
from rekuest_codegen.ir.nodes import Node
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.ir.versions import version_order

FIELDS: Mapping[str, str] = {
    "version": "version-changed",
    "allow_probe": "probe-changed",
    "collections": "collections-changed",
    "protocols": "protocols-changed",
    "name": "title-changed",
    "description": "description-changed",
    "port_groups": "groups-changed",
    "catalogs": "catalogs-changed",
    "is_dev": "development-changed",
    "is_test_for": "tested-node-changed",
}
FLAGS: Mapping[str, tuple[str, str]] = {
    "stateful": ("became-stateless", "became-stateful"),
    "pure": ("purity-lost", "purity-gained"),
    "idempotent": ("idempotence-lost", "idempotence-gained"),
}
SETS = ("collections", "protocols", "catalogs")
"""Lists whose order says nothing: a server gives them in any."""


def compare(old: Sequence[Node], new: Sequence[Node]) -> tuple[Change, ...]:
    """What changed from ``old`` to ``new``, by node, in an order that does not depend on how they were listed."""
    pairs, gone, come = _pair(old, new)
    changes: list[Change] = []
    for before, after in pairs:
        changes.extend(Change.of(before.title, found) for found in _compare_node(before, after))
    before_titles, after_titles = {node.title for node in old}, {node.title for node in new}
    moved = _renamed(
        [node for node in gone if node.title not in after_titles],
        [node for node in come if node.title not in before_titles],
    )
    for before, after in moved:
        gone.remove(before)
        come.remove(after)
        changes.append(Change.of(before.title, Found("node-renamed", "", before.title, after.title)))
        changes.extend(Change.of(before.title, found) for found in _compare_node(before, after))
    for node in gone:
        changes.append(Change.of(node.title, Found("node-removed", "", was=f"version {node.version}")))
    for node in come:
        changes.append(Change.of(node.title, Found("node-added", "", now=f"version {node.version}")))
    return tuple(sorted(changes, key=lambda change: change.node))


def _pair(old: Sequence[Node], new: Sequence[Node]) -> tuple[list[tuple[Node, Node]], list[Node], list[Node]]:
    before, after = _by_title(old), _by_title(new)
    pairs: list[tuple[Node, Node]] = []
    gone: list[Node] = []
    come: list[Node] = []
    for title in sorted({**before, **after}):
        olds, news = before.get(title, []), after.get(title, [])
        if olds and news:
            pairs.append((olds.pop(0), news.pop(0)))
        for one in olds:
            match = next((other for other in news if other.version == one.version), None)
            if match is None:
                gone.append(one)
            else:
                news.remove(match)
                pairs.append((one, match))
        come.extend(news)
    return pairs, gone, come


def _by_title(nodes: Sequence[Node]) -> dict[tuple[str, str], list[Node]]:
    """The nodes of each app and key, newest first, equal ones once."""
    found: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        found.setdefault((node.app, node.key), []).append(node)
    for title, several in found.items():
        if len(several) > 1:
            distinct = {text_of(node): node for node in several}
            newest_first = sorted(
                distinct, key=lambda text: (version_order(distinct[text].version), distinct[text].hash, text)
            )
            found[title] = [distinct[text] for text in reversed(newest_first)]
    return found


def _renamed(gone: Sequence[Node], come: Sequence[Node]) -> list[tuple[Node, Node]]:
    """Nodes that differ in app or key alone, where there is no doubt which is which."""
    if not gone or not come:
        return []
    before = [(_contract(node), node) for node in gone]
    after = [(_contract(node), node) for node in come]
    counts = Counter(text for text, _ in before), Counter(text for text, _ in after)
    others = {text: node for text, node in after if counts[1][text] == 1}
    return [
        (node, other)
        for text, node in before
        if counts[0][text] == 1
        and (other := others.get(text)) is not None
        and (other.app == node.app or other.key == node.key)
    ]


def _contract(node: Node) -> str:
    ports = [[(port.key, form(port)) for port in side] for side in (node.args, node.returns)]
    return text_of([node.kind.value, node.stateful, node.pure, node.idempotent, ports])


def _compare_node(old: Node, new: Node) -> Iterator[Found]:
    if old.kind is not new.kind:
        yield Found("kind-changed", "", old.kind.value, new.kind.value)
    for field, rules in FLAGS.items():
        holds: bool = getattr(new, field)
        if getattr(old, field) is not holds:
            yield Found(rules[holds], "")
    yield from _args(old.args, new.args)
    yield from _returns(old.returns, new.returns)
    for field, rule in FIELDS.items():
        then, now = getattr(old, field), getattr(new, field)
        if field not in SETS or sorted(then) != sorted(now):
            yield from differs(rule, "", then, now)


def _args(olds: Sequence[Port], news: Sequence[Port]) -> Iterator[Found]:
    pairing = pair_by_key(olds, news)
    same_keys = not pairing.gone and not pairing.come and not pairing.renamed
    old_names, new_names = ({}, {}) if same_keys else (_python_names(olds), _python_names(news))
    for i, j in sorted([*pairing.kept, *pairing.renamed]):
        then, now = olds[i].key, news[j].key
        place = f"args.{then}"
        if old_names.get(then) != new_names.get(now):
            yield Found("arg-renamed", place, old_names[then], new_names[now])
        elif then != now:
            yield Found("arg-key-changed", place, then, now)
        yield from compare_port(Side.ARG, olds[i], news[j], place)
    for i in pairing.gone:
        yield Found("arg-removed", f"args.{olds[i].key}", was=told(olds[i]))
    for j in pairing.come:
        rule = "arg-added-optional" if is_optional(news[j]) else "arg-added-required"
        yield Found(rule, f"args.{news[j].key}", now=told(news[j]))
    yield from _order(olds, news, pairing)


def _python_names(ports: Sequence[Port]) -> dict[str, str]:
    """What a generated function calls its arguments."""
    return assign({port.key: [port.key] for port in ports}, style=PARAMETER, reserved=KEYWORDS)


def _order(olds: Sequence[Port], news: Sequence[Port], pairing: Pairing) -> Iterator[Found]:
    """Whether calls by position still mean what they meant."""
    became = dict([*pairing.kept, *pairing.renamed])
    positions = [became[i] for i in range(_by_position(olds)) if i in became]
    shown = ", ".join(port.key for port in olds)[:60], ", ".join(port.key for port in news)[:60]
    if positions != list(range(len(positions))) or len(positions) > _by_position(news):
        yield Found("arg-reordered", "args", *shown)
        return
    order = [became[i] for i in sorted(became)]
    if order != sorted(order):
        yield Found("keywords-reordered", "args", *shown)


def _by_position(ports: Sequence[Port]) -> int:
    """How many arguments a call may give by position: what must be given but comes after what may be left out needs
    its name, and so does everything after it."""
    optional = False
    for index, port in enumerate(ports):
        if optional and not is_optional(port):
            return index
        optional = optional or is_optional(port)
    return len(ports)


def _returns(olds: Sequence[Port], news: Sequence[Port]) -> Iterator[Found]:
    shown = ", ".join(map(told, olds))[:60] or "nothing", ", ".join(map(told, news))[:60] or "nothing"
    if len(olds) != len(news):
        yield Found("return-count-changed" if olds else "returns-something", "returns", *shown)
        pairs = list(pair_by_key(olds, news).kept)
    else:
        pairing = pair_by_key(olds, news)
        matched_old, matched_new = {i for i, _ in pairing.kept}, {j for _, j in pairing.kept}
        left_old = [i for i in range(len(olds)) if i not in matched_old]
        left_new = [j for j in range(len(news)) if j not in matched_new]
        pairs = sorted([*pairing.kept, *zip(left_old, left_new, strict=True)])
        if any(i != j for i, j in pairs):
            yield Found("return-reordered", "returns", *shown)
    several = len(olds) > 1 and len(news) > 1
    for i, j in pairs:
        place = f"returns.{olds[i].key}"
        if olds[i].key != news[j].key:
            yield Found("return-renamed" if several else "return-key-changed", place, olds[i].key, news[j].key)
        # In the tuple that a generated function gives back, a value is named after its label.
        label = "return-renamed" if several else "label-changed"
        yield from compare_port(Side.RETURN, olds[i], news[j], place, label=label)
