"""The corpus: what the newest upstream generation derives by running the code, we derive by reading it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.errors import Finding, Severity
from rekuest_codegen.ir import definition, definition_hash
from rekuest_codegen.scan import ScannedNode, ScanOptions, ScanResult, scan

ROOT = Path(__file__).parents[2].parent / "shared" / "reference" / "definitions"

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="the reference data is not beside the project")

PLAIN = ScanOptions(
    all_functions=True,
    memory_structures=frozenset(["corpus.common_types.Camera"]),
    models={"corpus.common_types.PlainPoint": None, "corpus.common_types.PydanticPoint": "@lab/pydantic_point"},
)
FUNCTIONS = ("common_funcs", "future_funcs", "py312_funcs", "quantity_funcs")
UNDECLARED = "prepare_definition(nothing registered)"
MODES: dict[str, tuple[ScanOptions, tuple[str, ...]]] = {
    "prepare_definition(types registered)": (PLAIN, FUNCTIONS),
    UNDECLARED: (ScanOptions(all_functions=True), FUNCTIONS),
    "prepare_definition(app's registry)": (ScanOptions(all_functions=True), ("newest_markers",)),
    "registered(app)": (ScanOptions(), ("newest_register", "newest_future_register")),
}

# Function -> (what we make of it, why). Everything not named here is equal to what upstream derives.
DIFFERENCES: dict[str, tuple[str, str]] = {
    "newtype_int": ("richer", "a NewType is what it is made of; upstream asks for a declaration of it"),
    "pep695_alias": ("richer", "a type statement is an alias like any other; upstream takes it for a class"),
    "default_str_int_literal": ("finding", "the default is no text; nobody could read the definition back"),
    "default_int_bool_literal": ("finding", "the default is no number; nobody could read the definition back"),
    "mk_default_wrong_type": ("finding", "the default is no number; nobody could read the definition back"),
    "set_laser_488": ("finding", "registered in a loop: only running the code shows how often and as what"),
    "set_laser_561": ("finding", "registered in a loop: only running the code shows how often and as what"),
}
# Where nothing is registered upstream knows no structures; to us who shrinks and expands is one all the same.
BY_PROTOCOL = frozenset(
    ["default_structure", "union_structs", "struct_optional", "fwd_string", "fwd_nested", "fut_structs"]
)
# Where the finding cannot name the corpus entry, because the entry is another name for something.
SPOKEN_OF = {
    "unbound_method": "method: parameter self",
    "fut_local_class": "`make_local()`",
    "set_laser_488": "`make_setter(_line)`",
    "set_laser_561": "`make_setter(_line)`",
}


@dataclass(frozen=True)
class Entry:
    mode: str
    function: str
    raw: dict[str, Any]

    def __str__(self) -> str:
        undeclared = "-undeclared" if self.mode == UNDECLARED else ""
        return f"{self.raw['source_file'].split('/')[-1]}-{self.function}{undeclared}"


def entries(wanted: Callable[[Entry], bool]) -> list[Entry]:
    if not ROOT.is_dir():
        return []
    raw = json.loads((ROOT / "expected_newest.json").read_text())
    found = [Entry(item["mode"], item["function"], item) for item in raw if item["mode"] in MODES]
    return [entry for entry in found if wanted(entry)]


def is_by_protocol(entry: Entry) -> bool:
    return entry.mode == UNDECLARED and entry.function in BY_PROTOCOL


@cache
def scanned(mode: str) -> ScanResult:
    options, files = MODES[mode]
    return scan([ROOT / "corpus" / f"{name}.py" for name in files], options)


def node_of(entry: Entry) -> ScannedNode | None:
    key = entry.raw.get("definition_full", {}).get("key", entry.function)
    return next((found for found in scanned(entry.mode).nodes if found.node.key == key), None)


def findings_of(entry: Entry) -> list[Finding]:
    words = SPOKEN_OF.get(entry.function, f"{entry.function}: ")
    return [finding for finding in scanned(entry.mode).findings if finding.message.startswith(words)]


@pytest.mark.parametrize(
    "entry", entries(lambda entry: "definition_full" in entry.raw and entry.function not in DIFFERENCES), ids=str
)
def test_the_definition_is_upstreams(entry: Entry) -> None:
    found = node_of(entry)
    assert found is not None, findings_of(entry)
    written = definition(found.node)
    if "protocols" not in entry.raw["definition_full"]:
        assert written.pop("protocols") == []
    assert written == entry.raw["definition_full"]
    assert definition_hash(found.node) == entry.raw["definition_hash"]


@pytest.mark.parametrize(
    "entry",
    entries(lambda entry: "error" in entry.raw and entry.function not in DIFFERENCES and not is_by_protocol(entry)),
    ids=str,
)
def test_what_upstream_refuses_is_one_short_finding_with_a_place(entry: Entry) -> None:
    if entry.function not in SPOKEN_OF:
        assert node_of(entry) is None
    errors = [finding for finding in findings_of(entry) if finding.severity is Severity.ERROR]
    assert errors
    for finding in errors:
        assert "\n" not in finding.message
        path, line, column = finding.where.rsplit(":", 2)
        assert Path(path).is_file()
        assert int(line) > 1
        assert int(column) >= 1


@pytest.mark.parametrize("entry", entries(is_by_protocol), ids=str)
def test_a_structure_by_protocol_needs_no_registration(entry: Entry) -> None:
    found, registered = node_of(entry), node_of(Entry("prepare_definition(types registered)", entry.function, {}))
    assert found is not None
    assert registered is not None
    assert found.node == registered.node


@pytest.mark.parametrize("entry", entries(lambda entry: entry.function in DIFFERENCES), ids=str)
def test_deliberate_differences_are_said(entry: Entry) -> None:
    what, _ = DIFFERENCES[entry.function]
    if what == "richer":
        assert node_of(entry) is not None
        assert [finding.code for finding in findings_of(entry)] == ["richer-than-upstream"] * len(findings_of(entry))
    else:
        assert node_of(entry) is None
    assert findings_of(entry)


def test_the_documentation_lists_the_differences() -> None:
    text = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (richer|finding) \| (.+) \|$", text, re.MULTILINE)
    assert {function: (what, reason) for function, what, reason in rows} == DIFFERENCES
    assert len(rows) == len(DIFFERENCES)


def test_the_registrations_options_are_read() -> None:
    by_key = {found.node.key: found for found in scanned("registered(app)").nodes}
    assert by_key["special_key"].options["interface"] == "fancy"
    assert by_key["reg_locks"].options["locks"] == ["stage", "lamp"]
    assert by_key["reg_parallel"].options["concurrency"] == "parallel"
    assert by_key["reg_world_effects"].options["effects"] == "IRREVERSIBLE"
    assert str(by_key["reg_logo"].options["logo"]).startswith("<ActionLogo>")
    assert by_key["inj_readonly_state"].injected == {"stage": "readonly-state:corpus.newest_register.StageState"}
    assert by_key["inj_dependency_workflow"].injected == {
        "cam": "dependency:corpus.newest_register.CameraProtocol",
        "task": "task",
    }
    # Annotations that are texts when the code runs hide dependencies from upstream.
    assert by_key["fut_dependency"].injected == {"cam": "dependency:corpus.newest_future_register.FutProtocol"}
    assert by_key["st_sample"].types == {"@lab/sample": "corpus.common_types:Sample"}


@pytest.mark.parametrize("entry", entries(lambda entry: "implementation" in entry.raw), ids=str)
def test_what_is_handed_in_has_its_locks_and_states(entry: Entry) -> None:
    if (found := node_of(entry)) is not None:
        told = entry.raw["implementation"]
        assert sorted(found.locks) == sorted(told["locks"])
        assert sorted(found.manipulates) == sorted(told["manipulates"])


@pytest.mark.parametrize("file", ["newest_register", "newest_future_register"])
def test_states_are_upstreams(file: str) -> None:
    raw = json.loads((ROOT / "expected_newest.json").read_text())
    (agent,) = (
        item["agent"] for item in raw if item["source_file"].endswith(f"/{file}.py") and item["function"] == "__agent__"
    )
    told = {
        state["definition"]["name"]: [
            (port["key"], port["kind"], port["nullable"]) for port in state["definition"]["ports"]
        ]
        for state in agent["states"]
    }
    scan_of_it = scan([ROOT / "corpus" / f"{file}.py"])
    read = [[(port.key, port.kind.value, port.nullable) for port in state.ports] for state in scan_of_it.states]
    assert sorted(read) == sorted(told.values())
    assert {lock for node in scan_of_it.nodes for lock in node.locks} <= {lock["key"] for lock in agent["locks"]}
    assert {name for node in scan_of_it.nodes for name in node.manipulates} <= told.keys()


# Scenario -> what we find there. Those that upstream lets pass have no error, and its definition.
FOUND = {
    "scn_same_interface_twice": ("error", "duplicate-key"),
    "scn_same_function_name_twice": ("error", "duplicate-key"),
    "scn_widget_for_missing_port": ("error", "unknown-port"),
    "scn_validator_for_missing_port": ("warning", "unknown-port"),
    "scn_group_with_missing_port": ("warning", "unknown-port"),
    "scn_validator_missing_dependency": ("error", "unknown-dependency"),
    "scn_plain_action_with_calling_dependency": ("error", "plain-dependency"),
    "scn_protocol_hint_with_space": ("error", "bad-option"),
    "scn_return_dependency": ("error", "injected-return"),
    "scn_model_bad_identifier": ("error", "bad-identifier"),
    "scn_structure_bad_identifier": ("error", "bad-identifier"),
    "scn_duplicate_identifier": ("error", "identifier-clash"),
}
# Refused by upstream while the code runs, where nothing is registered that a definition could be derived of.
RUN_ONLY = frozenset(
    [
        *("scn_slider_without_bounds", "scn_slider_inverted", "scn_search_bad_query", "scn_search_unbacked_variable"),
        *("scn_undocumented_not_allowed", "scn_structure_lambda"),
    ]
)


def test_scenarios_are_found_as_upstream_finds_them() -> None:
    path = ROOT / "corpus" / "newest_scenarios.py"
    starts = [
        (number, name)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (name := line.partition("(")[0].removeprefix("def ")).startswith("scn_")
    ]
    result = scan([path])

    def scenario(line: int) -> str:
        return [name for start, name in starts if start <= line][-1]

    found = [
        (scenario(int(finding.where.split(":")[-2])), finding.severity.value, finding.code)
        for finding in result.findings
    ]
    assert sorted(found) == sorted((name, *what) for name, what in FOUND.items())
    raw = [item for item in json.loads((ROOT / "expected_newest.json").read_text()) if item["mode"] == "scenario"]
    refused = {item["function"] for item in raw if "error" in item}
    assert refused == RUN_ONLY | {name for name, (level, code) in FOUND.items() if level == "error"} - {
        "scn_same_interface_twice",
        "scn_same_function_name_twice",
    }
    for item in raw:
        if "agent" in item and item["function"] not in FOUND:
            wanted = [implementation["definition"] for implementation in item["agent"]["implementations"]]
            ours = [definition(node.node) for node in result.nodes if scenario(node.line) == item["function"]]
            assert [(one["key"], one["kind"], one["name"]) for one in ours] == [
                (one["key"], one["kind"], one["name"]) for one in wanted
            ], item["function"]
