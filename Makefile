# Every command needs only Python ≥ 3.11, git and make; PYTHON=… names another interpreter.
.DEFAULT_GOAL := help
.PHONY: help run dev test unit fuzz faults nightly contract bench check fmt lock audit
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UNIT := tests/shared/figures $(wildcard tests/services/*/domain tests/services/*/parsers)

help: ## print these targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 8

run: $(VENV)/run.stamp ## start the whole system with the programme's data; Ctrl-C stops it
	@$(BIN)/python -m services up

dev: $(VENV)/run.stamp ## one service and the gateway, reloaded on every change: SERVICE=ratings
	@$(BIN)/python -m services dev $(or $(SERVICE),ratings)

test: $(VENV)/test.stamp ## every test, on real PostgreSQL, Valkey, processes and sockets; one by T=path::name
	@$(BIN)/python -m pytest $(if $(T),-n 0 $(T),-n 2)

unit: $(VENV)/test.stamp ## the pure tests: rules and parsers, without servers
	@EXAMPLES=$(or $(EXAMPLES),0.05) $(BIN)/python -m pytest -n 2 -q --pure -m "not slow" $(UNIT)

fuzz: $(VENV)/test.stamp ## rubbish for every operation of the API, SECONDS=… for each of two runs
	@FUZZ_SECONDS=$(or $(SECONDS),600) $(BIN)/python -m pytest -n 0 tests/journeys/test_contract.py

faults: $(VENV)/test.stamp ## kill each process at every k-th message to PostgreSQL: SECONDS=… (docs/reliability.md)
	@CRASH_STEP=1 $(BIN)/python -m pytest -n 2 -q tests/faults
	@$(BIN)/python -m tests.faults.campaign --seconds $(or $(SECONDS),1800)

nightly: $(VENV)/test.stamp ## what takes too long for every push: each caller at each operation, faults, manifests, linters of the contract
	@ACCESS_CELLS=all $(BIN)/python -m pytest -n 0 tests/access/test_matrix.py
	@ATTACKED_SEASONS=200 $(BIN)/python -m pytest -n 0 -q --pure tests/services/olympiads/domain/test_joint_disclosure.py
	@EXAMPLES=10 $(BIN)/python -m pytest -n 2 -q --pure
	@$(BIN)/python -m venv $(VENV)-tools && $(VENV)-tools/bin/pip install -q --disable-pip-version-check kubernetes-validate==1.37.0
	@for file in deploy/kubernetes/base/[!k]*.yaml; do $(VENV)-tools/bin/kubernetes-validate --strict --quiet $$file || exit 1; done
	@if command -v promtool >/dev/null; then promtool check config deploy/prometheus/prometheus.yml; else echo "promtool is not installed: rules not checked by it"; fi
	@if command -v npm >/dev/null; then $(MAKE) contract; else echo "npm is not installed: the contract is not linted"; fi
	@$(MAKE) faults

contract: $(VENV)/test.stamp ## lint the OpenAPI document: Spectral (oas and OWASP) and Redocly; needs Node.js
	@$(BIN)/python -m tests.harness.contract > tests/contract/openapi.json
	@cd tests/contract && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent \
	  && npx --no-install spectral lint -r spectral.yaml --fail-severity warn openapi.json \
	  && npx --no-install redocly lint --config redocly.yaml openapi.json

bench: $(VENV)/test.stamp ## the paired measurements of benchmarks/
	@missed=; for question in benchmarks/[a-z]*.py; do name=$$(basename $$question .py); echo "== $$name"; \
	  $(BIN)/python -m benchmarks.$$name || missed="$$missed $$name"; done; \
	  [ -z "$$missed" ] || { echo "Missed:$$missed"; exit 1; }

fmt: $(VENV)/test.stamp ## format the code and mend what the linter can mend itself
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

check: $(VENV)/test.stamp ## formatter, linter, types, import contracts
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

audit: $(VENV)/run.stamp ## licences, vendored files and advisories of every dependency; what cannot be checked is red
	@$(BIN)/python -m services sbom --check
	@$(BIN)/python -m venv $(VENV)-tools && $(VENV)-tools/bin/pip install -q --disable-pip-version-check pip-audit==2.10.1
	@for lock in requirements requirements-test; do \
	  $(VENV)-tools/bin/pip-audit --require-hashes --disable-pip -r $$lock.lock -f json -o $(VENV)-tools/$$lock.json || true; \
	  $(BIN)/python -m services sbom --lock $$lock.lock --advisories $(VENV)-tools/$$lock.json || exit 1; done
	@command -v osv-scanner >/dev/null || { echo "osv-scanner is not installed: advisories of vendored JavaScript were not checked"; exit 1; }
	@$(BIN)/python -m services sbom > $(VENV)-tools/bom.cdx.json && osv-scanner scan source --sbom $(VENV)-tools/bom.cdx.json

lock: ## resolve pyproject.toml again into the two lock files (needs uv)
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header -p 3.11 pyproject.toml -o requirements.lock
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header -p 3.11 --group test -c requirements.lock -o requirements-test.lock

$(VENV)/run.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11, or missing: name another one, PYTHON=…"; exit 1; }
	@echo "Installing what requirements.lock names into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-test.lock
	@echo "Installing the tests' tools into $(VENV) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@
