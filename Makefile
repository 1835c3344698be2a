# The project's commands. `make demo` and `make test` need nothing but Python 3.11 or newer and the package registries;
# everything that they install stays in .venv/ and build/ (and, for a missing browser, in the system).

# The first interpreter that is new enough; `make PYTHON=/path/to/python demo` chooses another.
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; done)
VENV := .venv
BIN := $(VENV)/bin
TOOLS := build/tools
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
TRANSLATIONS := contest_portal/translations

export PYTHONUTF8 := 1
# Compiled files are kept, whatever the shell says: every process of the tests would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo install install-test assets browser test test-sqlite test-postgresql test-s3 bench sbom lock messages docs format clean \
	check check-style check-form check-types check-layers check-files

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: install ## Install, build the contest of 2018 and serve it on 127.0.0.1:8000
	$(BIN)/contest-portal demo

# --- Installing -------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found. Name it: make PYTHON=/path/to/python demo"; exit 1; }
	@echo "Making the environment $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

# Marks of what is installed: a target is made again only when its lock file has changed.
$(VENV)/.runtime: requirements/runtime.txt | $(BIN)/python
	@echo "Installing the libraries (once, under a minute on a good line)"
	@$(PIP) install --require-hashes -r $<
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.runtime
	@echo "Installing what the tests need"
	@$(PIP) install --require-hashes -r $<
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.test
	@echo "Installing what the benchmarks need"
	@$(PIP) install --require-hashes -r $<
	@touch $@

# What the build itself needs (hatchling, Node) stays outside the environment that serves pages.
$(TOOLS)/.installed: requirements/build.txt | $(BIN)/python
	@echo "Installing what the build needs"
	@rm -rf $(TOOLS)
	@$(PIP) install --require-hashes --target $(TOOLS) -r $<
	@touch $@

$(VENV)/.editable: pyproject.toml hatch_build.py $(VENV)/.runtime $(TOOLS)/.installed
	@echo "Installing the program itself"
	@PYTHONPATH=$(TOOLS) $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

install: $(VENV)/.editable assets ## Environment, the program itself, its browser files and translations

install-test: $(VENV)/.test install

assets: $(VENV)/.runtime $(TOOLS)/.installed ## Build the browser's files and the translations, where they are stale
	@PYTHONPATH=$(TOOLS) $(BIN)/python frontend/build_assets.py

browser: $(VENV)/.test
	@.ci/install-browser $(BIN)/python

# --- Checking ---------------------------------------------------------------------------------------------------------

test: install-test browser check test-sqlite test-postgresql test-s3 ## Every check and every test, on SQLite and on PostgreSQL; files in a folder and in S3

check: check-style check-form check-types check-layers check-files ## The fast checks (all of them: make -k check)

check-style: install-test
	$(BIN)/ruff check .

check-form: install-test
	$(BIN)/ruff format --check .

check-types: install-test
	$(BIN)/mypy

check-layers: install-test
	$(BIN)/lint-imports

check-files: install-test
	$(BIN)/pytest -q tests/structure

test-sqlite: install-test browser
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --durations=30 --durations-min=5 --ignore=tests/structure tests

# Only what asks the database: pure rules and browser stories have run above.
test-postgresql: install-test
	CONTEST_PORTAL_TEST_DATABASE=postgresql $(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "database and not browser" --ignore=tests/structure tests

# What stores files, once more with an S3 server.
test-s3: install-test
	CONTEST_PORTAL_TEST_STORAGE=s3 $(BIN)/pytest -n $(WORKERS) -m "database and not browser" tests/media tests/people/test_consents.py

sbom: install-test ## Write build/sbom.cdx.json: what a deployment installs, with hashes and licences
	$(BIN)/python requirements/sbom.py build/sbom.cdx.json

bench: $(VENV)/.bench install-test ## Measure, and write docs/performance.md
	$(BIN)/python -m benchmarks

# --- Keeping ----------------------------------------------------------------------------------------------------------

LOCK := build/lock/bin/uv --no-config pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: | $(BIN)/python ## Lock the newest versions that pyproject.toml allows, with hashes and without addresses
	$(BIN)/python -m venv build/lock
	build/lock/bin/python -m pip install --quiet "uv>=0.9"
	$(LOCK) pyproject.toml --constraint requirements/limits.in --output-file requirements/runtime.txt
	$(LOCK) pyproject.toml --extra test --constraint requirements/runtime.txt --output-file requirements/test.txt
	$(LOCK) pyproject.toml --extra postgresql --extra redis --extra s3 --constraint requirements/runtime.txt \
		--constraint requirements/test.txt --output-file requirements/server.txt
	$(LOCK) pyproject.toml --extra benchmarks --constraint requirements/runtime.txt --constraint requirements/test.txt \
		--output-file requirements/bench.txt
	$(LOCK) requirements/build.in --constraint requirements/runtime.txt --output-file requirements/build.txt

messages: install-test ## Bring the translations' catalogues up to date with the sources, and compile them
	mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k N_ -k lazy_gettext --add-location=file --sort-output --no-wrap \
		--project contest-portal -o build/messages.pot contest_portal
	test -e $(TRANSLATIONS)/en/LC_MESSAGES/messages.po || \
		$(BIN)/pybabel -q init -i build/messages.pot -d $(TRANSLATIONS) -l en --no-wrap
	$(BIN)/pybabel -q update -i build/messages.pot -d $(TRANSLATIONS) --no-fuzzy-matching --ignore-obsolete --no-wrap \
		--ignore-pot-creation-date
	$(MAKE) --no-print-directory assets

docs: install-test ## Draw the states into docs/states.md from their tables
	$(BIN)/python docs/draw_states.py

format: install-test ## Put the code in its form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

clean: ## Remove what the build made; the environment and instance/ stay
	rm -rf build dist contest_portal/core/static/dist frontend/node_modules
	find contest_portal/translations -name '*.mo' -delete
