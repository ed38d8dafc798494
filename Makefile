# Two commands do everything: `make start` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Node of the virtual environment, so that every machine has the same one
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix lab_extension
LAB_SOURCES := $(shell find lab_extension -path lab_extension/node_modules -prune -o -path lab_extension/lib -prune -o -type f -print 2>/dev/null)

.DEFAULT_GOAL := help

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. Run: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: pyproject.toml hatch_build.py $(LAB_SOURCES) | $(BIN)/python
	@echo "Installing Couture Workflow with its JupyterLab extension (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off --editable '.[dev]'
	@test -d lab_extension/node_modules || $(NPM) ci --no-progress
	@touch $@

setup: $(VENV)/.installed ## install into .venv

setup-dev: $(VENV)/.installed-dev ## install with what the tests need

start: ## set everything up and start it for a team: JupyterHub on port 8080
	@MAKE="$(MAKE)" PYTHON="$(PYTHON)" hub_config/start.sh $(ARGS)

solo: $(VENV)/.installed ## the same for one person: JupyterLab, no logins
	@$(BIN)/couture start --solo $(ARGS)

test: $(VENV)/.installed-dev ## run all tests that need no server
	@$(NPM) test --silent
	@$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not services" --ignore tests/browser
	@$(BIN)/pytest tests/browser

test-services: $(VENV)/.installed-dev ## run the tests that need MariaDB, MySQL, PostgreSQL and RabbitMQ
	@$(BIN)/pytest --numprocesses 2 --dist loadfile -m services tests/servers tests/compose tests/doctor
	@$(BIN)/pytest --numprocesses 2 --dist load tests/chaos/test_bugs.py
	@$(BIN)/pytest tests/chaos/test_regime.py
	@$(BIN)/python tests/conformance.py --quiet --numprocesses 2 --dist loadfile

simulate: $(VENV)/.installed-dev ## try COUNT (1000) new random schedules of work, faults and people
	@COUTURE_SIMULATIONS=$(or $(COUNT),1000) $(BIN)/pytest tests/engine/test_simulation.py

chaos: $(VENV)/.installed-dev ## work under faults for SECONDS (2400): TASKS (10000), FAULTS (200), SEED, STACK=sqlite|mariadb|mysql|postgresql[-celery]
	@PYTHONPATH=tests:tests/support $(BIN)/python -P -m chaos --stack $(or $(STACK),sqlite) \
		--seconds $(or $(SECONDS),2400) --tasks $(or $(TASKS),10000) --faults $(or $(FAULTS),200) \
		$(if $(SEED),--seed $(SEED))

crons: $(VENV)/.installed-dev ## compare COUNT (2000) new cron expressions in each of six zones with a walk over the minutes
	@COUTURE_CRONS=$(or $(COUNT),2000) $(BIN)/pytest tests/operators/test_cron_oracle.py

lint: $(VENV)/.installed-dev ## ruff, import rules, eslint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(NPM) run --silent lint

types: $(VENV)/.installed-dev ## pyright and tsc
	@$(BIN)/pyright
	@$(NPM) run --silent types

bench: $(VENV)/.installed-dev ## measure, each figure beside its limit
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@$(BIN)/python -m bench

clean: ## remove what was built
	@rm -rf $(VENV) lab_extension/lib lab_extension/node_modules server_extension/couture_server/labextension dist

.PHONY: help setup setup-dev start solo test test-services simulate chaos crons lint types bench clean
