"""What `rekuest_codegen` offers by name: all of it is there, and nothing of Python's own is in the way."""

from __future__ import annotations

import builtins
import subprocess
import sys

import rekuest_codegen


def test_every_name_is_there() -> None:
    for name in dir(rekuest_codegen):
        assert getattr(rekuest_codegen, name) is not None
    assert {"map", "breakpoint", "submit", "__version__"} <= set(dir(rekuest_codegen))


def test_a_star_hides_nothing_of_pythons_own() -> None:
    assert set(rekuest_codegen.__all__).isdisjoint(dir(builtins))
    left_out = set(dir(rekuest_codegen)) - set(rekuest_codegen.__all__) - {"__version__"}
    assert left_out == {"map", "breakpoint"}
    code = "from rekuest_codegen import *; assert list(map(int, '12')) == [1, 2]; print(submit.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "submit\n"
