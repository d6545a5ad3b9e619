"""What a docstring says of a function, its parameters and its returns, in any of the four common styles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docstring_parser import DocstringStyle, ParseError, parse

NO_DESCRIPTION = "No Description"


@dataclass(frozen=True, slots=True)
class Documentation:
    """``descriptions`` and ``labels`` are by parameter name, or ``return0``, ``return1``, …"""

    description: str | None
    descriptions: Mapping[str, str | None]
    labels: Mapping[str, str]


def read_docstring(text: str | None) -> Documentation:
    """Parse ``text``; what no style can make sense of is all description."""
    try:
        parsed = parse(text or "", style=DocstringStyle.AUTO)
    except ParseError:
        return Documentation(text, {}, {})
    descriptions = {param.arg_name: param.description for param in parsed.params}
    labels = {param.arg_name: param.arg_name for param in parsed.params}
    returns = parsed.many_returns or ([parsed.returns] if parsed.returns else [])
    for index, returned in enumerate(returns):
        descriptions[f"return{index}"] = returned.description
        labels[f"return{index}"] = returned.return_name or f"return{index}"
    parts = [part for part in (parsed.short_description, parsed.long_description) if part]
    return Documentation("\n\n".join(parts) or None, descriptions, labels)
