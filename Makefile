# Every target sets up what it needs; nothing but Python 3.11+ has to be there.
PYTHON := $(shell for p in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$p; break; }; done)
ifeq ($(PYTHON),)
$(error no Python 3.11 or newer found; set PYTHON=/path/to/python3.11)
endif

VENV := .venv
BIN := $(VENV)/bin
PIP := -m pip install --quiet --disable-pip-version-check
RUN_DEMO := $(VENV)/.runs-demo
RUN_TESTS := $(VENV)/.runs-tests
NEXT := .venvs/rekuest-next/.installed
TEN := .venvs/rekuest/.installed
USER := .venvs/user/.installed
FUZZ := .venvs/fuzz/.installed
LOWEST := .venvs/lowest/.installed
# Many tests wait, for processes and for clocks: two of them to a core.
WORKERS := $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
# Hundreds of tests start processes of ours, which would each compile all of it.
unexport PYTHONDONTWRITEBYTECODE
export REKUEST_NEXT_PYTHON := $(CURDIR)/.venvs/rekuest-next/bin/python
export REKUEST_PYTHON := $(CURDIR)/.venvs/rekuest/bin/python
export USER_PYTHON := $(CURDIR)/.venvs/user/bin/python

.PHONY: help browser demo test test-all test-lowest check format generate bench fuzz clean
help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

demo: $(RUN_DEMO)  ## start server and provider, pull typed stubs into mynodes/, call every node
	@$(BIN)/python -m rekuest_codegen.demo

test: $(RUN_TESTS) $(NEXT) $(TEN) $(USER) browser  ## run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

browser: $(RUN_TESTS)  # a browser to look at pages with, fetched where none is installed
	@$(BIN)/python -m tests.browser.engine

test-all:  ## run the tests on every Python from 3.11 to 3.13 that is here
	@for v in 3.11 3.12 3.13; do \
		p=$$(PYENV_VERSION=$$(ls $${PYENV_ROOT:-$$HOME/.pyenv}/versions 2>/dev/null | grep "^$$v\." | tail -1) \
			sh -c "command -v python$$v >/dev/null && python$$v -c 'import sys; print(sys.executable)'" 2>/dev/null) \
			|| { echo "no Python $$v here"; continue; }; \
		echo "== $$p"; $(MAKE) test PYTHON=$$p VENV=.venvs/py$$v || exit 1; \
	done

test-lowest: $(LOWEST)  ## run the tests of calling with the lowest versions of the libraries that calling needs
	$(dir $(LOWEST))bin/python -m pytest -n $(WORKERS) --dist worksteal $(or $(ARGS),tests/runtime/caller \
		tests/runtime/test_transport.py tests/runtime/test_portal.py --ignore tests/runtime/caller/test_notebooks_and_qt.py)

check: $(RUN_TESTS) generate  ## format, lint, types; what is generated must be what is committed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	@changed=$$(git status --porcelain -- rekuest_codegen/api/client rekuest_codegen/emit/printers.py generated_example); \
		test -z "$$changed" || { echo "regenerated files differ from what is committed:"; echo "$$changed"; exit 1; }

format: $(RUN_TESTS)  ## format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(RUN_TESTS)  ## regenerate the API client, the compiled templates and generated_example/
	$(BIN)/ariadne-codegen >/dev/null
	$(BIN)/python -m rekuest_codegen.emit.compiling
	$(BIN)/python -m rekuest_codegen.demo --write-example

bench: $(RUN_TESTS)  ## run the benchmarks
	$(BIN)/python $(PIP) -e '.[server,bench]'
	$(BIN)/python -m benchmarks

fuzz: $(FUZZ)  ## run the fuzz targets, SECONDS=60 each
	@for target in emit manifest; do \
		mkdir -p $(dir $(FUZZ))corpus-$$target; \
		$(dir $(FUZZ))bin/python -m fuzz.$$target -max_total_time=$(or $(SECONDS),60) -timeout=20 -rss_limit_mb=2048 \
			-artifact_prefix=$(dir $(FUZZ)) $(dir $(FUZZ))corpus-$$target || exit 1; \
	done

clean:  ## remove environments and caches
	rm -rf .venv .venvs .rekuest mynodes .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(RUN_DEMO): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python $(PIP) -e '.[server]'
	@touch $@

$(RUN_TESTS): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python $(PIP) -e '.[server,dev]'
	@touch $@ $(RUN_DEMO)

$(NEXT):  # it imports the last three without asking for them
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python $(PIP) rekuest-next==2.3.1 attrs aiohttp certifi
	@touch $@

$(TEN):
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python $(PIP) rekuest==10.0.0
	@touch $@

$(USER): pyproject.toml  # what users get: no development tool holds a library back
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python $(PIP) -e '.[server]'
	@touch $@

$(LOWEST): pyproject.toml  # of what everybody needs; of extras and of what tests need, the newest
	$(PYTHON) -m venv $(@D)
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("$<", "rb"))["project"]["dependencies"], sep="\n")' \
		| sed 's/>=/==/' > $(@D)/lowest.txt
	$(@D)/bin/python $(PIP) -c $(@D)/lowest.txt -e '.[server]' anyio hypothesis pytest pytest-timeout pytest-xdist tqdm trio
	@touch $@

$(FUZZ): pyproject.toml
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python $(PIP) -e . atheris
	@touch $@
