"""Where lines break: just as ruff breaks them, without asking it.

Two rules carry everything. What fits in 88 columns stands on one line. What does not is spread over one line an
item, with a trailing comma, which ruff takes as it is. So only the first has to be measured.
"""

from __future__ import annotations

from collections.abc import Sequence

from rekuest_codegen.ir.naming import width

COLUMNS = 88
STEP = "    "


def fits(line: str, indent: str = "") -> bool:
    return (len(line) if line.isascii() else width(line)) <= COLUMNS - len(indent)


def spread(opening: str, items: Sequence[str], closing: str, indent: str = "") -> str:
    """``opening`` items ``closing``, on one line or one an item. Neither has a line break of its own."""
    flat = f"{opening}{', '.join(items)}{closing}"
    if not items or fits(flat, indent):
        return flat
    return exploded(opening, items, closing, indent)


def exploded(opening: str, items: Sequence[str], closing: str, indent: str = "") -> str:
    """One line an item, of which there is at least one; items may have line breaks, laid out for one step more."""
    between = f",\n{indent}{STEP}"
    return f"{opening}{between[1:]}{between.join(items)},\n{indent}{closing}"


def assignment(target: str, value: str, indent: str = "") -> str:
    """``target = value`` for a value that cannot be broken: in parentheses when only that makes it fit."""
    flat = f"{target} = {value}"
    if fits(flat, indent) or not fits(f"{target} = (", indent) or not fits(value, indent + STEP):
        return flat
    return f"{target} = (\n{indent}{STEP}{value}\n{indent})"


def signature(head: str, parameters: Sequence[str], returns: str, indent: str = "") -> str:
    """``head(parameters) -> returns:``."""
    return spread(f"{head}(", parameters, f") -> {returns}:", indent)


def call(opening: str, first: str, entries: Sequence[str], indent: str = STEP) -> str:
    """``opening first, {entries})``: how a stub passes its values on."""
    flat = f"{opening}{first}, {{{', '.join(entries)}}})"
    if fits(flat, indent):
        return flat
    mapping = spread("{", entries, "},", indent + STEP).removesuffix(",")
    return exploded(opening, [first, mapping], ")", indent)
