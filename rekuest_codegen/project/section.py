"""The section that ``init`` adds to a ``pyproject.toml``: a target to start from, and a word on all there is to say."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError, OutputError
from rekuest_codegen.project.table import Document
from rekuest_codegen.shapes import is_object

SECTION = """\
[tool.rekuest-codegen]
# Classes of your own that nodes take and give, by the identifier they travel under.
# structures = { "my_package.Image" = "@lab/image" }
# Other people's models, and classes that stay in the memory of the agent that made them.
# models = ["some_package.Point"]
# memory-structures = ["some_package.Camera"]
# What `rekuest-codegen diff` need not speak of: ids of rules, patterns of nodes.
# ignore = ["lab/test_*"]

# One table a package. `rekuest-codegen pull` writes them all, `pull NAME` one of them, `check` says whether they are
# as they should be. REKUEST_TOKEN says who you are; it has no place in this file.
[tool.rekuest-codegen.targets.{name}]
out = {out}
# The server; without it, the one in REKUEST_URL. Or source code, without any server.
{url}
# The variable with its token, if that is not REKUEST_TOKEN. In place of both, profile names one of your profiles.
# token-variable = "LAB_TOKEN"
# source = "../neighbour"

# Which nodes; * and ? as in file names. Without filters, all of them.
# include = { app = ["imagej", "lab-*"], key = [], collection = [], protocol = [], node = [] }
# exclude = { key = ["debug_*"], node = ["lab/old"] }
# search = "segment"
# connected = true

# What the package looks like; the first of each is the default.
# layout = "apps"          # a module an app; "flat": one module
# async-naming = "prefix"  # add and aadd; "suffix": add and add_async
# enums = "auto"           # "literal": no classes; "class": classes for all
# docstrings = "google"    # "numpy", "rest"
# templates = "templates"  # a folder of templates that go before ours

# Files of yours in the package. What else is not ours keeps it from being written.
# keep = ["notes.md", "extra/*.py"]
"""


def add_section(file: Path, *, name: str, out: str, url: str | None) -> None:
    """Add the section to ``file``, which is made when it is not there. The rest of it stays as it is, byte for byte.

    Raises:
        ConfigurationError: it has such a section, or is nothing a section can be added to.
        OutputError: it cannot be written.
    """
    shown = Document(file, "").shown
    try:
        before = file.read_bytes() if file.exists() else b""
        text = before.decode("utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise ConfigurationError(f"{shown}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{shown}: {error}; nothing was written") from None
    tools: object = raw.get("tool", {})
    if is_object(tools) and "rekuest-codegen" in tools:
        raise ConfigurationError(f"{shown}: has a section [tool.rekuest-codegen]; nothing was written")
    after = before + _section(text, name, out, url).encode()
    try:
        tomllib.loads(after.decode("utf-8"))
    except ValueError as error:
        raise ConfigurationError(
            f"{shown}: a section cannot be added at its end ({error}); nothing was written"
        ) from None
    _replace(file, after)


def _section(text: str, name: str, out: str, url: str | None) -> str:
    quoted = _quoted(url) if url else '"https://rekuest.example.org"'
    line = f"url = {quoted}" if url else f"# url = {quoted}"
    values = {"name": _key(name), "out": _quoted(out), "url": line}
    body = re.sub(r"\{(name|out|url)\}", lambda mark: values[mark[1]], SECTION)
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    # As the rest of the file ends its lines.
    return (gap + body).replace("\n", "\r\n") if "\r\n" in text else gap + body


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _replace(file: Path, content: bytes) -> None:
    place = Path(os.path.realpath(file))
    fresh = place.with_name(f".{place.name}.{os.urandom(8).hex()}.new")
    try:
        try:
            fresh.write_bytes(content)
            if place.exists():
                fresh.chmod(place.stat().st_mode & 0o7777)
            os.replace(fresh, place)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{file}: {error.strerror or error}; it is as it was") from None
