"""Whether a folder can be imported as a package, by what it is called and where it lies."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from pathlib import Path

OURS = "rekuest_codegen"


def refusal(out: Path, root: Path) -> str | None:
    """What is wrong with ``out`` as a package's folder, in words, with a name that would do; None when nothing is.

    A package that lies on its own in ``root``, in the ``src`` of it, or here, is imported by its bare name, and hides
    every other module of that name.
    """
    name = out.name
    if not name.isidentifier() or name != unicodedata.normalize("NFKC", name) or keyword.iskeyword(name):
        return f"{name!r} cannot be imported; call the folder {_near(name)}"
    if (out.parent / "__init__.py").exists() or out.parent not in (root, root / "src", Path.cwd(), Path.cwd() / "src"):
        return None
    if name == OURS:
        return f"{name!r} would hide the package that generated code needs; call the folder mynodes"
    if name in sys.stdlib_module_names:
        return f"{name!r} would hide a module of Python's own; call the folder {name}_nodes"
    return None


def _near(name: str) -> str:
    name = unicodedata.normalize("NFKC", name)  # as Python looks for it
    word = re.sub("_{2,}", "_", "".join(char if f"a{char}".isidentifier() else "_" for char in name)).strip("_")
    if keyword.iskeyword(word):
        return f"{word}_nodes"
    return word if word.isidentifier() else f"nodes_{word}" if word else "mynodes"
