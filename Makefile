# Everything sets itself up in .venv from Python >= 3.11 and the package registry.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell $(name) -c 'import sys; sys.version_info < (3, 11) or print("$(name)")' 2>/dev/null)))
BIN := .venv/bin
PARALLEL := -n 4 --dist worksteal # half of a test with real processes is waiting
# Tests start some thousand processes; with this variable set, compiling khabar again for each took a fifth of their time.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# uv needs a tenth of pip's time. If uv fails, for example behind a mirror that only pip knows, pip is used.
INSTALL = $(BIN)/uv --quiet pip install --python $(BIN)/python $(1) 2>/dev/null || $(PIP) install $(1)

.PHONY: demo test collect check lint prose floors unit integration acceptance examples node browser spacy compiled schema reference site lock programs wheels tables bench audit faults brokers costs engines history clean help

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/tables ## The main job: sample articles through the real queue, records for a person to read
	$(BIN)/khabar demo

test: .venv/dev .venv/tables node ## All tests; a real broker and real workers are started by the tests themselves
	$(BIN)/python -m pytest $(PARALLEL)

# Compiles modules, tests and packages once; otherwise several test processes would each compile all of them.
collect: .venv/dev .venv/tables
	@$(BIN)/python -m pytest --collect-only -q >/dev/null

check: lint test ## Everything that must hold before a commit

lint: .venv/dev ## Format, lint, types, layering, plain English
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python .ci/floors.py
	$(BIN)/python .ci/prose.py

prose: .venv/dev ## Plain English in documents, help, messages, descriptions, docstrings and comments
	$(BIN)/python .ci/prose.py

floors: .venv/dev ## Which room stands above which, and that nothing imports what is above it
	$(BIN)/python .ci/floors.py

unit integration acceptance: .venv/dev ## One kind of tests
	$(BIN)/python -m pytest $(PARALLEL) tests/$@

examples: .venv/dev ## Run each folder of examples/ as its README says
	$(BIN)/python -m pytest $(PARALLEL) tests/examples

node: | .venv/bin/python ## Install the packages of the tests in Node.js, if npm can reach a registry; otherwise those tests are skipped
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory .venv/node || echo "tests in Node.js are skipped"; fi

browser: .venv/dev ## The pages in headless Chromium (Debian's package) at two widths, light and dark, with axe-core
	npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error
	$(BIN)/python -m pytest tests/browser

spacy: .venv/dev ## Install spaCy (180 MB) and the SDK of CloudEvents, and test the exporters that they read
	$(PIP) install "spacy>=3.8" cloudevents
	$(BIN)/python -m pytest tests/unit/exporters

engines: .venv/engines/done ## Install Ray, Spark and datatrove (1 GB) apart, and run docs/how-to/archives.md's recipes with them; needs Java and GNU parallel
	.venv/engines/bin/python -m pytest -s -p no:cacheprovider tests/engines

compiled: .venv/dev ## Compile the rooms that take most time into build/compiled (some minutes), and compare records with those of plain code
	$(PIP) install "hatchling>=1.27" "setuptools>=65"
	$(BIN)/python hatch_build.py build/compiled
	$(BIN)/python -m pytest -p no:cacheprovider tests/compiled

schema: .venv/khabar ## Write docs/schema again
	$(BIN)/khabar schema docs/schema

tables: .venv/tables ## Write the tables that save each start half a second, if lexicons, grammar or models have changed

reference: .venv/dev ## Write the pages of docs/reference that are made from the code
	$(BIN)/python -m manual

site: .venv/site/done ## Build the manual as a site into site/; a broken link or anchor fails
	$(BIN)/python -m manual.site .venv/site/stage
	cd .venv/site/stage && ../bin/zensical build --strict --clean
	rm -rf site && mv .venv/site/stage/site site

bench: .venv/dev .venv/tables ## Figures for docs/explanation/benchmarks.md, as ratios in one run
	$(BIN)/python -m benchmarks.run

brokers: .venv/dev ## The tests with a broker on each of the two servers; `make test` runs each on one, as its name decides
	KHABAR_TEST_BROKERS=all $(BIN)/python -m pytest $(PARALLEL) -k "valkey or redis-server" tests/integration tests/acceptance

costs: .venv/dev ## The tests, and a list of those that take most processor time, with all their processes; TESTS=tests/unit for some
	$(BIN)/python -m pytest $(PARALLEL) -p tests.costs $(TESTS)

faults: .venv/dev ## The fault campaign, about 70 minutes: every process dies at every moment, and every article is counted
	$(BIN)/python -m tests.faults $(FAULTS)

history: .venv/dev ## Check the histories in FILES: every acknowledged article is published once; `make faults` does so itself
	$(BIN)/python -I -S tests/history/check.py $(FILES)

# The three distributions are on no index: their dependencies are locked, they themselves are installed from this folder.
LOCK := $(BIN)/uv --quiet pip compile pyproject.toml --extra accurate --universal --generate-hashes --no-emit-index-url --no-header \
	--no-emit-package khabar-client --no-emit-package khabar-models $(RAISE)

lock: .venv/dev ## Lock what pyproject.toml names; RAISE=--upgrade raises the locked versions
	echo uv | $(BIN)/uv --quiet pip compile - --universal --generate-hashes --no-emit-index-url --no-header --no-annotate $(RAISE) --output-file requirements-setup.lock >/dev/null
	$(LOCK) --output-file requirements.lock >/dev/null
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock >/dev/null

programs: .venv/dev ## Run scrapers' programs on a local site, and write what khabar reads of them to docs/reference/programs.md
	$(BIN)/python -m tests.programs

wheels: .venv/dev ## Build the three wheels into dist/ and list what they hold
	rm -rf dist
	$(PIP) wheel --no-deps --wheel-dir dist ./models ./client .
	$(BIN)/python .ci/wheels.py dist

audit: .venv/audit ## Known vulnerabilities of the locked packages; not in check, because the result depends on the day
	@.venv/audit/bin/python .ci/audit.py

clean: ## Remove what make and khabar have made here
	rm -rf .venv var dist build site tests/node/node_modules tests/browser/node_modules

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "khabar needs Python 3.11 or newer; none of python3, python3.11 to python3.14 is one. Give it with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements-setup.lock || echo "uv has no wheel here; pip takes its place" >&2

.venv/khabar: requirements.lock pyproject.toml client/pyproject.toml models/pyproject.toml | .venv/bin/python
	$(call INSTALL,--require-hashes -r requirements.lock)
	$(call INSTALL,--no-deps --editable models --editable client --editable .)
	@touch $@

# Not in the repository, to which each change of a lexicon would add five megabytes, nor in the wheel, which they would double.
.venv/tables: $(shell find worker/khabar/lexicons worker/khabar/grammar worker/khabar/entities worker/khabar/latin models/khabar/models -name '*.py' -o -name '*.t[xs][tv]') | .venv/khabar
	$(BIN)/python -m training.tables
	@touch $@

.venv/dev: requirements-dev.lock .venv/khabar
	$(call INSTALL,--require-hashes -r requirements-dev.lock)
	@touch $@

.venv/node: tests/node/package-lock.json | .venv/bin/python
	npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Apart, so that theirs do not change the packages that are tested.
.venv/engines/done: requirements.lock pyproject.toml | .venv/khabar
	$(PYTHON) -m venv .venv/engines
	.venv/engines/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements.lock
	.venv/engines/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --editable models --editable client --editable .
	.venv/engines/bin/python -m pip --disable-pip-version-check --quiet install "ray[data]>=2.60" "pyspark>=4.1" "datatrove[io]>=0.10" "pandas<3" "pyarrow>=26" pytest pytest-timeout psutil "backports.zstd>=1.8; python_version < '3.14'"
	@touch $@

.venv/site/done: | .venv/khabar
	$(PYTHON) -m venv .venv/site
	.venv/site/bin/python -m pip --disable-pip-version-check --quiet install "zensical>=0.0.73,<0.2"
	@touch $@

# Apart, so that its own packages do not change those that are tested.
.venv/audit: | .venv/bin/python
	$(PYTHON) -m venv $@
	$@/bin/python -m pip --disable-pip-version-check --quiet install "pip-audit>=2.10"
