"""Names: from what things are called on the wire to what Python may call them.

A wire name is any text at all; a Python name has rules, and a module or class has room for each name once. `assign`
names a whole scope at a time, so that the outcome depends on what is in the scope and never on the order it was
listed in. A name that is fine as it is keeps itself; names that fall together all give way, with a suffix taken from
a hash of the wire name, rather than one of them silently taking over what another was called.

It does not decide what is in a scope, and it never changes what travels: the wire name stays the key of the result.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

LIMIT = 50
"""No name takes more columns, so that a line that holds one can be laid out. Longer ones end in a hash."""

CONSTANT_LIMIT = 28
"""No constant is longer: it shares its line with a type."""

KEYWORDS = frozenset(keyword.kwlist)
SOFT_KEYWORDS = frozenset({"_", "case", "match", "type"})

# Spelled out, so that what is generated does not depend on the Python that generates it.
BUILTINS = frozenset(
    """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
    BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
    ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning
    EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError
    FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError
    IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None
    NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning
    PermissionError ProcessLookupError PythonFinalizationError RecursionError ReferenceError ResourceWarning
    RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError
    SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
    UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning WindowsError
    ZeroDivisionError
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex
    copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr
    globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max
    memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice
    sorted staticmethod str sum super tuple type vars zip
    """.split()  # noqa: SIM905 - a list of a hundred and fifty lines says no more
)
DEVICES = frozenset({"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
"""Names Windows gives no file."""
FOUND = frozenset({"conftest", "setup", "sitecustomize", "usercustomize"})
"""Modules that pytest, setuptools and Python itself run because of what they are called."""
HOOKS = frozenset(
    {
        *("load_tests", "setUpModule", "tearDownModule", "setup_module", "teardown_module"),
        *("setup_function", "teardown_function", "pytest_generate_tests", "pytest_plugins", "pytestmark"),
    }
)
"""What unittest and pytest look for in packages and modules on their way to tests, and call."""

_SCRIPTS = (
    (0x00C0, 0x024F),  # Latin with marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x0481),  # Cyrillic
    (0x048A, 0x052F),
    (0x3041, 0x3096),  # Hiragana
    (0x30A1, 0x30FA),  # Katakana
    (0x4E00, 0x9FEF),  # Han
    (0xAC00, 0xD7A3),  # Hangul
)
"""Letters that stand for themselves: written left to right, of one known width, no marks, no joiners."""


def is_letter(char: str) -> bool:
    """Whether ``char`` is beyond ASCII and still safe and legible in source."""
    return any(first <= ord(char) <= last for first, last in _SCRIPTS) and char.isalpha()


def is_text(text: str) -> bool:
    """Whether ``text`` has a form in UTF-8. A lone surrogate has none, so it can neither travel nor be a type."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def digest(text: str, length: int = 6) -> str:
    """The first ``length`` hex digits of a hash of ``text``, lone surrogates and all."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


class Style(NamedTuple):
    """What names of one sort look like.

    ``word`` stands in when nothing is left of a name; what ``is_fair`` is spelled as it stands.
    """

    word: str
    spell: Callable[[str], str]
    is_fair: Callable[[str], bool]
    fold: Callable[[str], str] = str

    def clean(self, text: str) -> str:
        """The nearest Python name: an identifier, without a leading underscore, at most `LIMIT` columns wide."""
        if self.is_fair(text):
            return text
        name = self.spell(text)
        if not name:
            name = f"{self.word}_{digest(text)}" if text else self.word
        elif not name[0].isalpha():
            name = f"{self.word}_{name}"
        return shorten(name, LIMIT, text)


def shorten(name: str, limit: int, whole: str | None = None) -> str:
    """``name``, or as much of it as leaves room for a hash of the ``whole``, in ``limit`` columns."""
    if width(name) <= limit:
        return name
    return f"{_cut(name, limit - 7).rstrip('_')}_{digest(name if whole is None else whole)}"


def width(text: str) -> int:
    """Columns ``text`` takes. Exact for what `literal` and names let through, which is all that lines are made of."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _cut(text: str, columns: int) -> str:
    """As much of ``text`` as takes no more than ``columns``."""
    text = text[:columns]
    while width(text) > columns:
        text = text[:-1]
    return text


def snake(text: str) -> str:
    """``text`` with everything that no identifier may hold turned into underscores; its case is kept."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = "".join(char if char.isascii() or is_letter(char) else "_" for char in text)
    name = re.sub(r"\W", "_", text)
    stripped = name.strip("_")
    # A trailing underscore is a name's own; a leading one would hide it, and dunders belong to Python.
    return stripped if name.startswith("_") or not text.endswith("_") else name.lstrip("_")


def plain(text: str) -> str:
    """Lower case ASCII, for file names: accents fall off, other scripts do not survive."""
    ascii_only = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")


def camel(text: str) -> str:
    """``CamelCase`` of ``text``; capitals inside words stay."""
    words = (text if _is_word(text) else snake(text)).split("_")
    return "".join(_capital(word[0]) + word[1:] for word in words if word)


def _capital(char: str) -> str:
    upper = char.upper()
    return upper if len(upper) == 1 else char  # "ß" would grow


def last_segment(identifier: str) -> str:
    """``image`` of ``@mikro/image``, ``Color`` of ``__main__.Color``."""
    return re.split(r"[/.:]", identifier.rstrip("/.:"))[-1]


@lru_cache(maxsize=4096)  # the keys of ports are nearly always the same few
def _is_word(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text[0] != "_" and text[-1] != "_" and len(text) <= LIMIT


def _is_class(text: str) -> bool:
    return _is_word(text) and text[0].isupper() and "_" not in text


def _is_constant(text: str) -> bool:
    return _is_word(text) and text.isupper() and len(text) <= CONSTANT_LIMIT


def _is_module(text: str) -> bool:
    return _is_word(text) and text.islower() and "__" not in text and not _is_test(text)


def _is_test(module: str) -> bool:
    """Whether runners of tests take a module of this name for theirs: they import it, and call what they find."""
    return module.startswith("test") or module.endswith(("_test", "_tests"))


def _file(text: str) -> str:
    name = plain(text)
    if name.startswith("test"):
        name = f"app_{name}"
    return f"{name}_" if _is_test(name) else name


def _shout(text: str) -> str:
    return shorten(snake(snake(text).upper()), CONSTANT_LIMIT, text)


FUNCTION = Style("node", snake, _is_word)
PARAMETER = Style("arg", snake, _is_word)
FIELD = Style("field", snake, _is_word)
MEMBER = Style("member", snake, _is_word)
CLASS = Style("Type", camel, _is_class)
CONSTANT = Style("NODE", _shout, _is_constant)
MODULE = Style("app", _file, _is_module, str.casefold)


def only(name: str) -> tuple[str, ...]:
    """The family of a name that brings no other names with it."""
    return (name,)


def with_async(name: str) -> tuple[str, ...]:
    """A function and its async form, told by its first letter."""
    return (name, f"a{name}")


def with_suffix(name: str) -> tuple[str, ...]:
    """A function and its async form, told by its end."""
    return (name, f"{name}_async")


def assign(
    wishes: Mapping[str, Sequence[str]],
    *,
    style: Style,
    reserved: Set[str] = frozenset(),
    besides: Set[str] = frozenset(),
    family: Callable[[str], tuple[str, ...]] = only,
    rank: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Give every key of ``wishes`` a name of its own, in the order of ``wishes``.

    Args:
        wishes: by wire identity, what it would like to be called: the first wish that nobody else has is granted.
        style: how names of this sort are spelled, and which of them count as the same.
        reserved: names nobody gets.
        besides: more of them.
        family: the names a name brings with it, all of which must be free.
        rank: whose wishes come first (lower first); all the same when left out.
    """
    names = _as_wished(wishes, style, family, reserved, besides)
    if names is not None:
        return names
    reserved = reserved | besides
    ranks = rank or {}
    cleaned = {key: [style.clean(wish) for wish in wishes[key]] for key in wishes}
    owners = _owners({key: (ranks.get(key, 0), style.fold(cleaned[key][0])) for key in wishes}, cleaned, wishes)
    exact = set(owners.values())
    order = sorted(wishes, key=lambda key: (ranks.get(key, 0), key not in exact, len(key), key))
    rivals = Counter((ranks.get(key, 0), style.fold(wish)) for key in order for wish in dict.fromkeys(cleaned[key]))
    taken = {style.fold(name) for name in reserved}
    names = {}
    for key in order:
        first = cleaned[key][0]
        alone = [wish for wish in cleaned[key] if rivals[ranks.get(key, 0), style.fold(wish)] == 1]
        for name in _candidates(key, first, [first, *alone] if key in exact else alone):
            if owners.get(style.fold(name), key) != key:
                continue
            relatives = {style.fold(relative) for relative in family(name)}
            if taken.isdisjoint(relatives):
                taken |= relatives
                names[key] = name
                break
    return {key: names[key] for key in wishes}


def _as_wished(
    wishes: Mapping[str, Sequence[str]], style: Style, family: Callable[[str], tuple[str, ...]], *reserved: Set[str]
) -> dict[str, str] | None:
    """Everybody's first wish, when that is a name as it stands and nobody else's: so it is nearly always."""
    names = {key: wish[0] for key, wish in wishes.items()}
    if not all(map(style.is_fair, names.values())):
        return None
    every = list(names.values()) if family is only else [name for wish in names.values() for name in family(wish)]
    taken = set(every) if style.fold is str else set(map(style.fold, every))
    if len(taken) < len(every):
        return None
    for words in reserved:
        if words and not taken.isdisjoint(words if style.fold is str else map(style.fold, words)):
            return None
    return names


def _owners(
    firsts: Mapping[str, tuple[int, str]], cleaned: Mapping[str, Sequence[str]], wishes: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Whose a name is, when exactly one of its rank wishes for it as it stands."""
    claims: dict[str, list[tuple[int, str]]] = {}
    for key, (rank, name) in firsts.items():
        if cleaned[key][0] == wishes[key][0]:
            claims.setdefault(name, []).append((rank, key))
    owners: dict[str, str] = {}
    for name, claimants in claims.items():
        best = min(rank for rank, _ in claimants)
        foremost = [key for rank, key in claimants if rank == best]
        if len(foremost) == 1:
            owners[name] = foremost[0]
    return owners


def _candidates(key: str, first: str, wishes: Sequence[str]) -> Iterator[str]:
    yield from wishes
    if wishes and width(wishes[0]) < LIMIT:
        yield f"{wishes[0]}_"
    room = 7
    while True:
        # A longer hash each time: sixty-four digits of sha256, then counting, so that this ends whatever is taken.
        suffix = digest(key, room - 1) if room <= 65 else f"{digest(key, 16)}_{room}"
        yield f"{_cut(first, max(LIMIT - len(suffix) - 1, 1)).rstrip('_')}_{suffix}"
        room += 2
