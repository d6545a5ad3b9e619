"""Which contract a server speaks, and what enumerating its nodes takes.

The contracts differ in what decorates a port: contract 2 gives a check as the source of a function, contract 10 as a
call of a named operation, and custom widgets changed likewise. One document serves both, with the fragments of those
decorations exchanged. Which to send is found out by looking at the server: does its `Validator` have a `call`?
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from rekuest_codegen.api.client.operations import ENUMERATE_NODES_GQL

LOOK_AT_SERVER = """
query LookAtServer {
  __type(name: "Validator") {
    fields {
      name
    }
  }
}
"""


class Contract(Enum):
    TWO = 2
    TEN = 10


FRAGMENTS_OF_TEN = {
    "ValidatorFields": """fragment ValidatorFields on Validator {
  call: callJson
  dependencies
  label
  errorMessage
  source
}""",
    "EffectFields": """fragment EffectFields on Effect {
  kind
  call: callJson
  dependencies
  source
  ... on MessageEffect {
    message
  }
  ... on HideEffect {
    fade
  }
}""",
    "AssignWidgetFields": """fragment AssignWidgetFields on AssignWidget {
  kind
  followValue
  ... on SliderAssignWidget {
    min
    max
    step
  }
  ... on StringAssignWidget {
    placeholder
    asParagraph
  }
  ... on ChoiceAssignWidget {
    placeholder
  }
  ... on SearchAssignWidget {
    query
    ward
    dependencies
    placeholder
    filters {
      key
      kind
      label
      description
      identifier
      nullable
      default
    }
  }
  ... on CustomAssignWidget {
    component
    dependencies
    props {
      ...PropFields
    }
    fallback {
      kind
    }
  }
  ... on StateChoiceAssignWidget {
    statePath
    dependency
    dependencies
    stateAccessors {
      optionKey
      path
    }
  }
  ... on ProxyWidget {
    targetPort
    targetAction
    targetDependency
  }
}""",
    "ReturnWidgetFields": """fragment ReturnWidgetFields on ReturnWidget {
  kind
  ... on CustomReturnWidget {
    component
    props {
      ...PropFields
    }
  }
}""",
}
PROP_FIELDS_OF_TEN = """fragment PropFields on ComponentProp {
  key
  staticValue
  declaresValue
  dynamicValue {
    literal
    path
  }
}"""


def contract_of(look: dict[str, Any]) -> Contract:
    """The contract of a server, from its answer to `LOOK_AT_SERVER`; without introspection it is taken for 2."""
    validator: dict[str, Any] = look.get("__type") or {}
    fields: list[dict[str, Any]] = validator.get("fields") or []
    names = {field.get("name") for field in fields}
    return Contract.TEN if "call" in names else Contract.TWO


def enumeration(contract: Contract) -> str:
    """The document that lists nodes with all their ports."""
    if contract is Contract.TWO:
        return ENUMERATE_NODES_GQL
    document = ENUMERATE_NODES_GQL
    for name, fragment in FRAGMENTS_OF_TEN.items():
        document, count = re.subn(rf"^fragment {name} on .*?^\}}", fragment, document, flags=re.MULTILINE | re.DOTALL)
        assert count == 1, name  # noqa: S101 - operations.graphql and this table name the same fragments
    return f"{document}\n{PROP_FIELDS_OF_TEN}\n"
