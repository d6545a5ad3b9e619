"""Benchmarks: run with ``make bench``. They measure, they do not judge; figures are kept in RESULTS.md."""
