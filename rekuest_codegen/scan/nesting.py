"""Whether a text nests so deeply that the parser must not be given it.

The native parser recurses without a bound and ends the process when the stack ends. Python's own parser refuses such
texts too. A crude pass in C speed clears ordinary files; only a file it suspects is looked at word by word.

The limits are for a stack of 8 MB, as a main thread has. A thread with a small one (512 KB is what macOS gives) takes
ordinary code, but may be ended by what just passes here: scan code of strangers in the main thread, or give the thread
a stack of 8 MB with ``threading.stack_size``.
"""

from __future__ import annotations

import re

MAX_BRACKETS = 100
MAX_CHAIN = 1_500
MAX_LAMBDAS = 200

_NO_BRACKETS = re.compile(r"[^()\[\]{}]+")
_BREAKS = ",;:="
_WORDS = re.compile(
    r"#[^\n]*|(?<![fF])(?<![fF][rR])(?:\"\"\"(?s:.*?)\"\"\"|'''(?s:.*?)'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"|\w+|[^\s\w]"
)


def too_deep(text: str) -> bool:
    """Whether ``text`` has more brackets inside each other, or longer chains of operators, than any sane program."""
    if text.count("elif") > MAX_CHAIN:
        return True
    if text.count("lambda") > MAX_LAMBDAS and any(line.count("lambda") > MAX_LAMBDAS for line in text.splitlines()):
        return True
    if _depth(_NO_BRACKETS.sub("", text)) <= MAX_BRACKETS and not _may_chain(text):
        return False
    return _too_deep_by_words(text)


def _may_chain(text: str) -> bool:
    """Whether some piece of ``MAX_CHAIN`` letters has no break, as any has that lies in twice as many without one."""
    last = len(text) - MAX_CHAIN
    return any(
        all(text.find(sign, start, start + MAX_CHAIN) < 0 for sign in _BREAKS)
        for start in range(0, last + 1, MAX_CHAIN)
    )


def _depth(brackets: str) -> int:
    """How deep the brackets go; a closing one in a text that opened none is ignored."""
    deepest = depth = 0
    for bracket in brackets:
        if bracket in "([{":
            depth += 1
            if depth > deepest:
                deepest = depth
        elif depth:
            depth -= 1
    return deepest


def _too_deep_by_words(text: str) -> bool:
    depth = chain = 0
    for match in _WORDS.finditer(text):
        word = match.group()
        first = word[0]
        if first == "#":
            continue
        if first in "([{":
            depth += 1
        elif first in ")]}":
            depth = max(0, depth - 1)
        chain = 0 if first in ",;:=" or (not depth and _ends_statement(text, match.start())) else chain + 1
        if depth > MAX_BRACKETS or chain > 2 * MAX_CHAIN:
            return True
    return False


def _ends_statement(text: str, start: int) -> bool:
    """Whether the word at ``start`` is the first of its line, the line before not being continued."""
    before = text[max(0, start - 200) : start].rstrip(" \t")
    return before.endswith("\n") and not before.endswith("\\\n")
