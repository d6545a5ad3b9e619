"""For the tests of those who call nodes: what stands in for nodes, and apps served inside of the test's own process.

`fake` stands in for one generated function, its sync and its async form at once. `in_memory` serves the functions of
an app. `offline` refuses calls of whatever nothing stands in for. Arguments and results go through the whole of
checking and serialisation, as they would with a server; there is none, and nothing is opened.

With pytest, the fixtures ``rekuest_fake`` and ``rekuest_in_memory`` do the same and clean up.
"""

from __future__ import annotations

from rekuest_codegen.runtime.testing.fakes import Call, Fake, fake
from rekuest_codegen.runtime.testing.memory import InMemory, in_memory
from rekuest_codegen.runtime.testing.standing import Offline, offline

__all__ = ["Call", "Fake", "InMemory", "Offline", "fake", "in_memory", "offline"]
