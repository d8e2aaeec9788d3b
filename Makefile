# Vigie. `make demo` shows everything on a simulated brand; `make test` proves it.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.vigie-ready
export PYTHONDONTWRITEBYTECODE :=
export GX_ANALYTICS_ENABLED := false

.PHONY: help setup demo test fuzz lint airflow bench bench-peers lock manual clean servers

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## the virtual environment, from the lock, with compiled byte code

# pip only brings uv, which installs the lock: the same pins and hashes, several times faster.
# pip's own configuration of indexes, where somebody has one, is handed on to uv.
$(STAMP): requirements.lock requirements-setup.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Vigie needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
	url=$$($(BIN)/pip config get global.index-url 2>/dev/null || true); \
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode \
	  $${url:+--default-index "$$url"} requirements.lock requirements-setup.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	$(BIN)/python -m compileall -q pipeline dags
	@touch $@

demo: $(STAMP) ## ninety simulated nights of one brand, the last one through real Airflow
	$(BIN)/vigie demo

test: $(STAMP) servers ## everything that is promised, checked
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not servers"
	$(BIN)/python -m pytest -m servers

fuzz: $(STAMP) ## the property tests with examples that nobody has tried yet
	VIGIE_FUZZ=1 $(BIN)/python -m pytest $$(grep -rl "hypothesis import" tests --include="test_*.py") -m "not servers"

lint: $(STAMP) ## ruff, mypy and sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint sql

airflow: $(STAMP) ## scheduler, DAG processor, API server and triggerer on loopback
	$(BIN)/python -m dags.local

bench: $(STAMP) ## speed and memory as ratios, one JSON object a line
	@$(BIN)/python -m tests.bench

bench-peers: $(STAMP) ## the same records through dlt, in its own environment
	@$(BIN)/python -m tests.bench.peers

lock: ## resolve pyproject.toml anew into requirements.lock, and the locks of the images
	$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --extra scale --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml docker/airflow/build.in --quiet --extra scale --universal --python-version 3.11 \
	  --constraint requirements.lock --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --output-file docker/airflow/airflow.lock
	$(BIN)/uv pip compile docker/superset/superset.in --quiet --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --upgrade --output-file docker/superset/superset.lock

manual: $(STAMP) ## the parts of the README and of sql/ that the code knows better
	$(BIN)/python -m tests.manual.generated
	$(BIN)/vigie dictionary > sql/DICTIONARY.md

dashboards: $(STAMP) ## Superset's dashboards anew from docker/superset/definition.yml
	$(BIN)/python -m docker.superset.build

servers: ## packages of the integration tests, where apt and the right to use it are there
	@tests/integration/install-servers

clean: ## remove what was built and what the demo wrote
	rm -rf $(VENV) var .mypy_cache .ruff_cache .hypothesis .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
