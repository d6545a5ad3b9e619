"""Run all benchmarks, or those named: ``python -m benchmarks imports calls callers providing scan``."""

import asyncio
import sys

from benchmarks import callers, calls, generate, imports, pressure, providing, scan

names = sys.argv[1:] or ["imports", "calls", "callers", "providing", "scan", "generate", "pressure"]
if "imports" in names:
    imports.main()
if "calls" in names:
    asyncio.run(calls.main())
if "callers" in names:
    asyncio.run(callers.main())
if "providing" in names:
    asyncio.run(providing.main())
if "scan" in names:
    scan.main()
if "generate" in names:
    generate.main()
if "pressure" in names:
    asyncio.run(pressure.main())
