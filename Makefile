# Two commands do all the set-up: `make demo` and `make test`. Both make their own environment first, once.
SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
DEMO ?= .cache/demo

.PHONY: demo test clean

# torch goes in first: the constraints name the one version whose CPU wheel is wanted, and nothing after it may replace it.
$(VENV)/installed: pyproject.toml constraints.txt
	@echo "== Environment in $(VENV) (some minutes, once)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --quiet --upgrade pip
	$(BIN)/pip install --quiet --quiet --constraint constraints.txt torch
	$(BIN)/pip install --quiet --quiet --constraint constraints.txt --editable '.[dev]'
	$(BIN)/pip check
	@touch $@

demo: $(VENV)/installed
	@PATH="$(abspath $(BIN)):$$PATH" bash docs/demo/demo.sh $(DEMO)

test: $(VENV)/installed
	@begin=$$SECONDS; for step in "ruff check ." "ruff format --check ." mypy pytest; do \
	    echo "== $$step"; $(BIN)/$$step || exit 1; \
	done; echo "== All of it took $$((SECONDS - begin)) s."

clean:
	rm -rf $(VENV) .cache
