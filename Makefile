# Needs make, git and Python >= 3.11. Everything goes into .venv; a target that is up to date does nothing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# The lock holds the build backend as well, so nothing is fetched that the lock does not name.
INSTALL := $(PIP) install --no-deps --no-build-isolation -e .

.PHONY: help demo test lint docs picture lock clean
.DELETE_ON_ERROR:

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "make %-7s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## Audit a built-in example and say where the report lies
	$(BIN)/debtscan demo

test: $(VENV)/.dev ## Run every test (PYTEST="-k name" chooses)
	$(BIN)/python -m pytest -n auto $(PYTEST)

lint: $(VENV)/.dev ## Check format, style, types and that docs/ is up to date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python docs/generate.py --check

docs: $(VENV)/.dev ## Write what is generated in docs/ and README.md
	$(BIN)/python docs/generate.py

picture: demo ## Photograph the demo's report for README.md (needs Chromium)
	chromium --headless --no-sandbox --disable-background-networking --hide-scrollbars --window-size=1280,960 \
		--screenshot=docs/report.png file://$(CURDIR)/debtscan-demo/debtscan-report.html

# Existing pins stay unless LOCK=--upgrade is given. One lock serves Python 3.11 to 3.13 on every platform.
COMPILE := pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(LOCK) pyproject.toml
lock: $(VENV)/pyvenv.cfg ## Write requirements.txt and requirements-dev.txt (LOCK=--upgrade renews them)
	$(PIP) install uv==0.13.9
	$(BIN)/uv $(COMPILE) --group build -o requirements.txt > /dev/null
	$(BIN)/uv $(COMPILE) --group dev --constraint requirements.txt -o requirements-dev.txt > /dev/null

clean: ## Remove .venv and every cache
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "debtscan needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/pyvenv.cfg requirements.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements.txt
	$(INSTALL)
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
