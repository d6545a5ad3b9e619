"""What decorates a port, as each contract has it: a check or an effect is contract 2's when it has a ``function``, and
contract 10's when it has a ``call``; a custom widget is contract 10's when it names a ``component``.

What the other contract has no word for is not shown there: it says how a user interface looks, and changes no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rekuest_codegen.server.model import Json

Fields = Mapping[str, Callable[[Json, Any], Any]]


def _having(field: str, word: str) -> Callable[[Json, Any], Any]:
    return lambda holder, _: [item for item in holder[field] if item.get(word) is not None]


def _widget(*, component: bool) -> Callable[[Json, Any], Any]:
    def shown(port: Json, _: Any) -> Json | None:
        widget: Json | None = port["widget"]
        fits = widget is not None and (widget["kind"] != "CUSTOM" or ("component" in widget) is component)
        return widget if fits else None

    return shown


def _proxied(port: Json, info: Any) -> Json | None:
    """A return's widget; contract 10 has none that stands for another."""
    widget = _widget(component=True)(port, info)
    return None if widget is not None and widget["kind"] == "PROXY" else widget


def _holders(word: str, *, component: bool) -> dict[str, Fields]:
    effects, widget = _having("effects", word), _widget(component=component)
    return {
        "ArgPort": {"validators": _having("validators", word), "effects": effects, "widget": widget},
        "ReturnPort": {"effects": effects, "widget": widget},
        "PortGroup": {"effects": effects},
    }


IN_TWO: dict[str, Fields] = _holders("function", component=False)

_TEN = _holders("call", component=True)
_CALLS: Fields = {"callJson": lambda item, _: item["call"]}
_EFFECT: Fields = {**_CALLS, "dependencies": lambda item, _: item.get("dependencies") or []}
IN_TEN: dict[str, Fields] = {
    **_TEN,
    "ReturnPort": {**_TEN["ReturnPort"], "widget": _proxied},
    "Validator": _CALLS,
    **dict.fromkeys(("MessageEffect", "HideEffect", "CustomEffect"), _EFFECT),
}
