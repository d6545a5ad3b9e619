"""Run all benchmarks, or those named: ``python -m benchmarks imports calls``."""

import asyncio
import sys

from benchmarks import calls, imports

names = sys.argv[1:] or ["imports", "calls"]
if "imports" in names:
    imports.main()
if "calls" in names:
    asyncio.run(calls.main())
