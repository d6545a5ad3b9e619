"""What ``--arg NAME=VALUE`` and standard input say, as the arguments of a node in wire form.

What a VALUE is depends on the port. One of text (a choice and a moment are) takes it as it stands, so that ``12`` and
``true`` are texts too; in double quotes it is JSON, which has a form for line breaks. All others take JSON, and what
is none is text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.shapes import is_object

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node, Port

MAX_STDIN = 16 * 1024 * 1024
OF_TEXT = frozenset({"STRING", "ENUM", "DATE"})


def split_arguments(texts: Sequence[str]) -> dict[str, str]:
    """The values of each ``NAME=VALUE``, by name.

    Raises:
        ConfigurationError: one is nothing of the kind, or one name is said twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ConfigurationError(f"--arg {text!r}: expected NAME=VALUE, as in level=0.5")
        if name in found:
            raise ConfigurationError(f"--arg {name}: given twice; a list is one argument, as in {name}='[1, 2]'")
        found[name] = value
    return found


def read_stdin() -> dict[str, Any]:
    """All arguments, as one JSON object.

    Raises:
        ConfigurationError: something else comes.
    """
    text = sys.stdin.read(MAX_STDIN + 1)
    if len(text) > MAX_STDIN:
        raise ConfigurationError(f"--stdin: longer than the {MAX_STDIN} characters allowed")
    try:
        given: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"--stdin: expected a JSON object of arguments ({error})") from None
    if not is_object(given):
        raise ConfigurationError("--stdin: expected a JSON object of arguments")
    return given


def arguments_of(node: Node, texts: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``node``: those of standard input, and those of ``--arg``, which go first.

    Raises:
        ConfigurationError: it has no such argument, or needs another one.
    """
    ports = {port.key: port for port in node.args}
    _refuse_unknown(node, ports, [*given, *texts])
    return {**given, **{name: _value(ports[name], text) for name, text in texts.items()}}


def _value(port: Port, text: str) -> Any:
    if port.kind.value in OF_TEXT and not (text.startswith('"') and text.endswith('"')):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _refuse_unknown(node: Node, ports: Mapping[str, Port], names: Sequence[str]) -> None:
    from rekuest_codegen.project.table import suggestion

    for name in names:
        if name not in ports:
            advice = suggestion(name, list(ports)) if ports else "it takes none"
            raise ConfigurationError(f"{node.title}: no argument {name!r}; {advice}")
    missing = [port.key for port in node.args if port.key not in names and not port.nullable and port.default is None]
    if missing:
        raise ConfigurationError(f"{node.title}: needs {', '.join(missing)}; give --arg {missing[0]}=VALUE")
