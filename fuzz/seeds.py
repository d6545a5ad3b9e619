"""Seeds instead of a fuzzer: ``python -m fuzz.seeds FIRST LAST`` checks the packages of all of them."""

from __future__ import annotations

import random
import sys
import traceback
from typing import Any

from fuzz.checks import LOOKS, check
from fuzz.definitions import seeded
from rekuest_codegen.emit import EmitOptions
from rekuest_codegen.ir import read_node


def main(first: int, last: int) -> int:
    broken = 0
    for seed in range(first, last):
        choose = random.Random(seed).choice
        looks: dict[str, Any] = {name: choose(choices) for name, choices in LOOKS.items()}
        try:
            check([read_node(raw) for raw in seeded(seed)], EmitOptions(**looks))
        except Exception:
            broken += 1
            print(f"seed {seed}, {looks}")
            traceback.print_exc(limit=-2)
    print(f"{last - first} seeds, {broken} of them broke something")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
