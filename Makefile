# Everything a person or CI runs. `make run` and `make test` set up what they need, on Python 3.11 or later.
PYTHON ?= python3
ALONE = browser or embedded
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 $(1)/bin/python -m pip install --quiet --require-hashes

.PHONY: run test package manifests bench reset lock

run: .venv/.local .venv-aws/.ready
	@exec .venv/bin/python -m local

test: .venv/.dev .venv-aws/.ready
	@.venv/bin/python -m tests.needs
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest -n 2 --dist worksteal --durations 15 -m "not ($(ALONE))" $(TESTS) || [ $$? -eq 5 ]  # 5: TESTS names none of these
	.venv/bin/pytest --durations 15 -m "$(ALONE)" $(TESTS) || [ $$? -eq 5 ]

package: .venv/.local
	@.venv/bin/python -m cloud

manifests: .venv/.local # PUBLIC_URL=https://… TEAMS_APP_ID=… TEAMS_BOT_ID=…
	@.venv/bin/python -m cloud.manifests

bench: .venv/.dev .venv-aws/.ready
	@.venv/bin/python -m bench

reset: .venv/.local
	@.venv/bin/python -m local.reset

lock: # after a change of requirements*.in
	@for part in requirements requirements-local requirements-dev requirements-aws; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $$part.in -o $$part.txt; done

.venv/.local: requirements-local.txt | .venv
	@echo "Installing what the application needs."
	@$(call PIP,.venv) -r requirements-local.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.local
	@echo "Installing what the checks need."
	@$(call PIP,.venv) -r requirements-dev.txt
	@touch $@

.venv-aws/.ready: requirements-aws.txt | .venv-aws
	@echo "Installing the embedded AWS."
	@$(call PIP,.venv-aws) -r requirements-aws.txt
	@touch $@

.venv .venv-aws:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; PYTHON=... names another one.")'
	@$(PYTHON) -m venv $@
