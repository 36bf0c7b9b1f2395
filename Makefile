# A first look and a contributor's day: one-liners over `fourways` and `toolchain/bootstrap.py`, which do the work and skip what is done.
PYTHON ?= python3
STACK ?= mu-singapore
BOOTSTRAP = $(PYTHON) toolchain/bootstrap.py

.PHONY: help setup demo demo-down shell test lint format

help:
	@echo "make demo STACK=mu-singapore       bring a stack up on the fake cloud (builds the toolchain first: about 13 minutes, once)"
	@echo "make demo-down STACK=mu-singapore  destroy it, show what was billed and that nothing is left"
	@echo "make shell                         a shell in which plain pulumi works on the fake"
	@echo "make test                          set everything up and run all tests"
	@echo "make lint                          ruff, mypy --strict, the import rule"

setup:
	@$(BOOTSTRAP) venv

demo: setup
	@.venv/bin/fourways demo up $(STACK)

demo-down: setup
	@.venv/bin/fourways demo down $(STACK)

shell: setup
	@.venv/bin/fourways shell

test: setup
	@FOURWAYS_TOOLCHAIN=build $(BOOTSTRAP) toolchain
	@$(PYTHON) tests/debian_tools.py
	@FOURWAYS_TOOLCHAIN=build .venv/bin/python -m pytest -n 5 --dist loadfile --no-loadscope-reorder $(ARGUMENTS)

lint: setup
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/python -m pytest tests/test_imports.py

format: setup
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .
