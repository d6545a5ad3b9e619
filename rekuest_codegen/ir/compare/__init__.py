"""What changed between two sets of nodes, and whom it hurts: `compare` classifies by one table of `RULES`.

Pure: nodes in, changes out, nothing read, nothing printed. What a caller sends and what a caller gets are opposites:
an argument may take more and a return may give less, never the other way round.
"""

from __future__ import annotations

from rekuest_codegen.ir.compare.changes import Change, ignored, unknown_patterns
from rekuest_codegen.ir.compare.nodes import compare
from rekuest_codegen.ir.compare.rules import RULES, Impact, Rule

__all__ = ["RULES", "Change", "Impact", "Rule", "compare", "ignored", "unknown_patterns"]
