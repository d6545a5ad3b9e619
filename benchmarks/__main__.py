"""Run all benchmarks, or those named: ``python -m benchmarks imports calls providing scan generate pressure``."""

import asyncio
import sys

from benchmarks import calls, generate, imports, pressure, providing, scan

names = sys.argv[1:] or ["imports", "calls", "providing", "scan", "generate", "pressure"]
if "imports" in names:
    imports.main()
if "calls" in names:
    asyncio.run(calls.main())
if "providing" in names:
    asyncio.run(providing.main())
if "scan" in names:
    scan.main()
if "generate" in names:
    generate.main()
if "pressure" in names:
    asyncio.run(pressure.main())
