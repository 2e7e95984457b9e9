PYTHON ?= python3
BIN := .venv/bin
# Each process uses one BLAS thread: several reports or tests run at once, and ratios of times mean something.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1

# Tests run in as many processes as there are cores, up to four: quick ones of a file in one, others one by one.
PARALLEL := -n auto --maxprocesses 4
# One more where a test waits for what it started: a kernel, a browser, another call.
WAITING := -n $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() or 1, 4) + 1)')

.DEFAULT_GOAL := help
.PHONY: help report test test-slow test-extras browser lab check lock bench

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

report: .venv/.ready  ## run every topic notebook and write reports/index.html
	@$(BIN)/python -m sslib.report report

test: .venv/.ready  ## the tests that take seconds
	@$(BIN)/python -m pytest -m "not slow and not browser" $(PARALLEL) --dist loadfile $(PYTEST)

test-slow: .venv/.ready  ## the tests that take minutes or need the package registry
	@$(BIN)/python -m pytest -m "slow and not browser" $(WAITING) --durations 15 $(PYTEST)

browser: .venv/.ready  ## the notebooks in a real JupyterLab and the reports, in Debian's chromium
	@$(BIN)/python -m pytest -m browser tests/browser $(PARALLEL) $(PYTEST)

test-extras: .venv-extras/.ready  ## the tests against other tools and on a cluster, in an environment of their own
	@.venv-extras/bin/python -m pytest -m extras $(PYTEST)

lab: .venv/.ready  ## open JupyterLab on the notebooks, on this machine only
	@$(BIN)/jupyter lab --ip=127.0.0.1 --notebook-dir=notebooks

check: .venv/.ready  ## style of modules and notebooks; notebooks stripped of outputs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@git ls-files -z '*.ipynb' | xargs -0 -r $(BIN)/nbstripout --verify

lock: .venv/.ready  ## compile requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--extra mpr --extra xlsx --extra course --extra dev -o requirements.lock

bench: .venv-extras/.ready  ## speed and recovery against other tools, as ratios within one run
	@.venv-extras/bin/python -m tests.benchmarks

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv-extras/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv-extras
	.venv-extras/bin/pip install --quiet --disable-pip-version-check -e '.[mpr,xlsx,cluster,peers,dev]'
	@touch $@
