"""The table of rules: everything that can change about a node, in one sentence, and whom it hurts.

The table is all there is: a change that is not in it cannot be reported, and the documentation prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Impact(StrEnum):
    """Whom a change hurts, worst first."""

    CALLERS = "callers"
    """What callers wrote is wrong now, or means something else, whichever package they call with."""
    WIRE = "wire"
    """What callers wrote stays right; a package generated before the change and a provider after it do not."""
    COMPATIBLE = "compatible"
    """Calls and packages from before the change go on as they were."""
    DOCUMENTATION = "documentation"
    """What people and user interfaces are told; no value is sent, taken or read otherwise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change. ``id`` is stable: configurations name it."""

    id: str
    impact: Impact
    sentence: str


_TABLE: Mapping[Impact, Mapping[str, str]] = {
    Impact.CALLERS: {
        "node-removed": "The node is gone.",
        "node-renamed": "The node has another app or key; its ports are what they were.",
        "kind-changed": "A function became a generator, or a generator a function.",
        "became-stateful": "What the node does depends on, or changes, its agent's state now.",
        "purity-lost": "The node is no longer pure: equal arguments may give different results.",
        "idempotence-lost": "Running the node twice may no longer be as good as once.",
        "arg-removed": "The argument is gone.",
        "arg-added-required": "A new argument has to be given.",
        "arg-renamed": "The argument has another name; everything else about it is what it was.",
        "arg-reordered": "Arguments given by position arrive elsewhere, or have to be given by name.",
        "arg-retyped": "The argument takes another type.",
        "arg-required": "Null, or leaving it out, is no longer accepted.",
        "arg-default-changed": "Whoever leaves it out, or gives null, gets something else.",
        "arg-choice-removed": "The argument no longer takes this choice.",
        "arg-alternative-removed": "The argument no longer takes this type.",
        "arg-field-removed": "The model that the argument takes has lost this field.",
        "arg-field-added-required": "The model that the argument takes has a new field that has to be given.",
        "arg-field-renamed": "The field of the model that the argument takes has another name.",
        "arg-bounds-tightened": "Values that passed before are out of bounds now.",
        "arg-check-added": "A new check may refuse what passed before.",
        "arg-requirement-added": "The structure has to satisfy more than before.",
        "return-count-changed": "The node gives another number of values.",
        "return-renamed": "One of several values is called otherwise.",
        "return-reordered": "The values come in another order.",
        "return-retyped": "The value is of another type.",
        "return-nullable": "The value may be null now.",
        "return-default-changed": "What a null that comes back is read as has changed.",
        "return-choice-added": "The value may be a choice that callers do not know.",
        "return-alternative-added": "The value may be of a type that callers do not know.",
        "return-field-removed": "The model that comes back has lost this field.",
        "return-field-renamed": "The field of the model that comes back has another name.",
        "return-promise-removed": "The structure that comes back is no longer promised to satisfy this.",
        "identifier-changed": "Values of another class are meant.",
        "unit-changed": "Bare numbers are in another unit.",
        "dimension-changed": "The quantity measures something else.",
    },
    Impact.WIRE: {
        "arg-key-changed": "The argument travels under another key; in Python it is called what it was.",
        "return-key-changed": "The only value travels under another key.",
        "union-reordered": "Types of a union have other places, and a value travels with the place of its type.",
        "union-tagged": "One type became a union of types, or a union one type; only a union's values carry a tag.",
    },
    Impact.COMPATIBLE: {
        "node-added": "The node is new.",
        "version-changed": "The node has another version.",
        "became-stateless": "What the node does no longer depends on its agent's state.",
        "purity-gained": "The node is pure now: equal arguments give equal results.",
        "idempotence-gained": "Running the node twice is as good as once now.",
        "probe-changed": "Whether the node may be probed has changed.",
        "collections-changed": "The node is in other collections.",
        "protocols-changed": "The node follows other protocols.",
        "arg-added-optional": "There is a new argument that may be left out.",
        "arg-widened": "The argument takes a wider type.",
        "arg-optional": "The argument may be null, or left out, now.",
        "arg-choice-added": "The argument takes this choice too.",
        "arg-alternative-added": "The argument takes this type too.",
        "arg-field-added-optional": "The model that the argument takes has a new field that may be left out.",
        "arg-bounds-loosened": "More values are within bounds than before.",
        "arg-check-removed": "A check is gone.",
        "arg-requirement-removed": "The structure has to satisfy less than before.",
        "returns-something": "The node gave nothing, and gives something now.",
        "return-narrowed": "The value is of a narrower type.",
        "return-never-null": "The value is never null now.",
        "return-choice-removed": "The value is never this choice any more.",
        "return-alternative-removed": "The value is never of this type any more.",
        "return-field-added": "The model that comes back has a new field.",
        "return-promise-added": "The structure that comes back is promised to satisfy this too.",
    },
    Impact.DOCUMENTATION: {
        "title-changed": "The node's title has changed.",
        "description-changed": "A description has changed.",
        "label-changed": "A label has changed.",
        "widget-changed": "A user interface asks for the value, or shows it, in another way.",
        "effects-changed": "What a user interface does besides has changed.",
        "groups-changed": "The groups that a user interface shows ports in have changed.",
        "choice-described": "What is said about a choice, or the order of choices, has changed.",
        "check-described": "What is said about a check, or the order of checks, has changed.",
        "units-offered": "A user interface offers other units.",
        "catalogs-changed": "The node is in other catalogs.",
        "development-changed": "Whether the node is marked as in development has changed.",
        "tested-node-changed": "Which node this one is a test for has changed.",
        "keywords-reordered": "Arguments are listed in another order, which no call by position notices.",
        "fields-reordered": "Fields of a model are listed in another order; they are given by name.",
        "identifier-noted": "An identifier that stands for no class has changed.",
        "default-noted": "The same default, or the same leave to be null, is written otherwise.",
        "unused-noted": "Something was written that means nothing where it stands.",
    },
}

RULES: Mapping[str, Rule] = {
    id: Rule(id, impact, sentence) for impact, rules in _TABLE.items() for id, sentence in rules.items()
}
"""By id, worst first."""
