# Everything a person or CI runs. `make run` and `make test` set up what they need, on Python 3.11 or later.
PYTHON ?= python3
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 $(1)/bin/python -m pip install --quiet --only-binary :all: --require-hashes
BOTH = @$(MAKE) --no-print-directory -j2 node_modules/.ready .venv-aws/.ready

.PHONY: help run check test test-long package manifests openapi bench reset lock
.DEFAULT_GOAL := help

help: ## shows this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run: .venv/.local .venv-aws/.ready ## runs the whole system on this machine; Ctrl-C ends it
	@exec .venv/bin/python -m local

check: ## lint, types, import contracts and the quick tests
	$(BOTH)
	@.venv/bin/python -m tests.checks check $(TESTS)

test: ## every check, as CI runs it; TESTS=path plays the tests of that path alone
	$(BOTH)
	@.venv/bin/python -m tests.needs
	@.venv/bin/python -m tests.checks test $(TESTS)

test-long: ## the same with all that the large random tests have, from a new seed; SEED=number plays it once more
	$(BOTH)
	@.venv/bin/python -m tests.needs
	@.venv/bin/python -m tests.checks long $(TESTS)

package: .venv/.local ## writes the deployable template and zip to build/
	@.venv/bin/python -m cloud

manifests: .venv/.local ## writes the Slack app's manifest and the Teams app's package: PUBLIC_URL=https://… TEAMS_APP_ID=… TEAMS_BOT_ID=…
	@.venv/bin/python -m cloud.manifests

openapi: .venv/.local ## writes docs/openapi.json from the types that parse the requests, and the examples of /docs as played
	@.venv/bin/python -m cloud.openapi
	@.venv/bin/python -m tests.api_examples

bench: .venv/.dev .venv-aws/.ready ## measures cold starts, the relay and the pages
	@.venv/bin/python -m bench

reset: .venv/.local ## empties what `make run` keeps
	@.venv/bin/python -m local.reset

lock: .venv/.dev ## pins the dependencies again after a change of requirements*.in or package.json; needs uv
	@for part in requirements requirements-pictures requirements-local requirements-dev requirements-aws bench/synapse/requirements; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $$part.in -o $$part.txt; done
	@.venv/bin/npm install --package-lock-only --ignore-scripts --no-audit --no-fund

.venv/.local: requirements-local.txt | .venv
	@echo "Installing what the application needs."
	@$(call PIP,.venv) -r requirements-local.txt
	@touch $@

# These hold what the application needs, too.
.venv/.dev: requirements-dev.txt requirements-local.txt | .venv
	@echo "Installing what the application and the checks need."
	@$(call PIP,.venv) -r requirements-dev.txt
	@touch .venv/.local $@

# Node itself comes with .venv.
node_modules/.ready: package.json package-lock.json .venv/.dev
	@echo "Installing what checks the pages' scripts."
	@.venv/bin/npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.venv-aws/.ready: requirements-aws.txt | .venv-aws
	@echo "Installing the embedded AWS."
	@$(call PIP,.venv-aws) -r requirements-aws.txt
	@touch $@

.venv .venv-aws:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; PYTHON=... names another one.")'
	@$(PYTHON) -m venv $@
