# GNU make 3.81 or newer. Names in here are relative: make cannot cope with spaces in a path, a shell can.
# Failure: make itself always exits 2 and shows the command's own status, as in "Error 6".
# To get the status itself: make setup && .venv/bin/python -m pytest -m postdeploy

.DEFAULT_GOAL := help
.PHONY: help setup ready browser predeploy postdeploy monitoring production deploy-gate test test-faults-singly check bench hostile clean

TARGET ?=
APP_DIR ?=
ARGS ?=
WATCH ?= 2m
PYTHON ?=

RUN := .venv/bin/python -m
# The tests start hundreds of processes, and without bytecode each compiles what it imports.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  TARGET=name              the deployment to judge, one of targets/; without it the embedded one"
	@echo "  APP_DIR=../hotdash       the app's checkout (predeploy)"
	@echo "  ARGS='-k tiles'          more words for pytest (predeploy, postdeploy, monitoring, production, test)"
	@echo "  WATCH=1h                 for how long the deployment is watched (monitoring)"
	@echo "  PYTHON=python3.12        the Python that .venv is made of (setup)"

setup: ## make .venv, install what is pinned, find a browser; what failed before is tried again
	@PYTHON='$(PYTHON)' bin/setup --again

ready:
	@PYTHON='$(PYTHON)' bin/setup

browser: ready
	@$(RUN) verifier.probes.browser.npm_chromium

predeploy: ready ## judge an app's checkout before it is deployed; without APP_DIR and TARGET a sample app
	@$(RUN) pytest -m predeploy --deadline=1800 $(if $(APP_DIR),--app-dir='$(APP_DIR)') \
		$(if $(TARGET)$(if $(APP_DIR),,sandbox),--target='$(or $(TARGET),sandbox)') $(ARGS)

postdeploy: ready ## judge a deployment against the Definition of Done
	@$(RUN) pytest -m postdeploy $(if $(TARGET),--target='$(TARGET)') $(ARGS)

monitoring: ready ## watch a deployment for two minutes (WATCH=1h: for an hour), and judge what must stay so
	@$(RUN) pytest -m monitoring --watch='$(WATCH)' $(if $(TARGET),--target='$(TARGET)') $(ARGS)

production: ready ## judge what must be true before people use it: domain, certificates, backups, rollback
	@$(RUN) pytest -m production $(if $(TARGET),--target='$(TARGET)') $(ARGS)

deploy-gate: ready ## all of it in one go, from the app's checkout to production
	@$(RUN) pytest -m 'predeploy or migration or deploy or postdeploy or monitoring or production' \
		$(if $(TARGET),--target='$(TARGET)') $(if $(APP_DIR),--app-dir='$(APP_DIR)') $(ARGS)

test: browser ## prove that the verifier can fail (ARGS='-p randomly' in another order)
	@$(RUN) pytest -c tests/pytest.ini --rootdir tests tests -n auto $(ARGS)

test-faults-singly: browser ## each fault by itself instead of in batches: ten minutes
	@$(RUN) pytest -c tests/pytest.ini --rootdir tests tests/faults/test_faults.py -n auto --faults-singly $(ARGS)

check: ready ## style, imports, types, workflows
	$(RUN) ruff check
	$(RUN) ruff format --check
	.venv/bin/lint-imports --no-logo --no-cache
	$(RUN) mypy
	$(RUN) check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(RUN) check_jsonschema --builtin-schema vendor.github-actions action.yml
	.venv/bin/zizmor --offline --quiet .github/workflows action.yml

bench: ready ## what things cost, as ratios (ARGS='logs wire' for some)
	@$(RUN) tests.benches $(ARGS)

hostile: browser ## every hostile situation, written to docs/hostile.md (ARGS='--endurance 200' healthy runs, too)
	@$(RUN) tests.support.hostile $(ARGS)

clean: ## remove .venv, node_modules and caches; reports stay
	rm -rf .venv verifier/reporting/allure/node_modules verifier/probes/source/secrets/scanner/node_modules .pytest_cache tests/.pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
