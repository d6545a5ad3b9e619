"""Run all benchmarks, or those named: ``python -m benchmarks imports calls scan generate``."""

import asyncio
import sys

from benchmarks import calls, generate, imports, scan

names = sys.argv[1:] or ["imports", "calls", "scan", "generate"]
if "imports" in names:
    imports.main()
if "calls" in names:
    asyncio.run(calls.main())
if "scan" in names:
    scan.main()
if "generate" in names:
    generate.main()
