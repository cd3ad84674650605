# The same verbs for people and for CI. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
TWO_AT_ONCE := -n 2 --dist loadfile
LONG := cli/test_preview.py detached lab widgets s3 render/dask test_batch_notebook.py test_charts_notebook.py test_further_notebooks.py test_history_notebook.py test_lesson_notebook.py test_media_notebook.py test_quickstart.py
LOWEST := .venv-lowest
LOWEST_PYTHON ?= $(shell command -v python3.11 || echo $(PYTHON))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-short test-lowest lint watch bench stills gallery pictures docs search fresh clean

help: ## List these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=python3.12 make setup   uses another Python, 3.11 or newer"

setup: $(INSTALLED) ## Make .venv with everything that users and developers need

demo: $(INSTALLED) ## Turn a notebook of Python scenes into mp4, webm and gif files
	$(BIN)/python notebooks/run.py notebooks/01_quickstart.ipynb

test: lint ## Lint, then run all tests
	@PYTHON=$(BIN)/python sh tests/system-packages.sh test
	$(BIN)/python hatch_build.py
	$(BIN)/python -m pytest $(TWO_AT_ONCE)

test-short: lint ## Lint, then run the tests that need no browser, server or cluster, without the notebooks
	$(BIN)/python -m pytest $(TWO_AT_ONCE) $(addprefix --ignore=tests/,$(LONG))

test-lowest: $(LOWEST)/installed ## Run all tests with the oldest versions of libraries that are allowed
	@PYTHON=$(LOWEST)/bin/python sh tests/system-packages.sh test
	$(LOWEST)/bin/python hatch_build.py
	$(LOWEST)/bin/python -m pytest $(TWO_AT_ONCE)

search: $(INSTALLED) ## Run the property tests with new random examples, ROUNDS=3 times over
	@for round in $$(seq $(or $(ROUNDS),3)); do \
	  $(BIN)/python -m pytest -m hypothesis --hypothesis-profile=search || exit 1; done

lint: $(INSTALLED) ## Check style, format, types and who imports whom
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python hatch_build.py --check

watch: $(INSTALLED) ## Bundle the widgets whenever a source of theirs changes
	$(BIN)/python hatch_build.py --watch

bench: $(INSTALLED) ## Time rendering against encoding alone, and print the table
	$(BIN)/python -m tests.benchmarks

stills: $(INSTALLED) ## Draw the stills anew that charts and words are compared with
	$(BIN)/python -m tests.charts.gallery stills
	$(BIN)/python -m tests.words.gallery stills
	$(BIN)/python -m tests.looks.gallery stills
	$(BIN)/python -m tests.vectors.gallery stills
	$(BIN)/python -m tests.transitions.gallery stills

gallery: $(INSTALLED) ## Write a short film of every chart, in three shapes, and of words, with their code, to ./gallery
	$(BIN)/python -m tests.charts.gallery films gallery
	$(BIN)/python -m tests.words.gallery films gallery/words
	$(BIN)/python -m tests.looks.gallery films gallery/looks
	$(BIN)/python -m tests.vectors.gallery films gallery/vectors
	$(BIN)/python -m tests.transitions.gallery films gallery/transitions

pictures: $(INSTALLED) ## Make the pictures anew that the README and the notebooks show
	$(BIN)/python notebooks/reel.py
	$(BIN)/python notebooks/pictures.py
	$(BIN)/python -m tests.lab.walk --pictures

docs: $(INSTALLED) ## Build the documentation, with its films, into docs/_build/html; check links and, with axe, pages
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html
	$(BIN)/python hatch_build.py --check
	$(BIN)/python -m tests.docs.site docs/_build/html

fresh: ## Try the newest commit on a bare Debian, as root; KEEP=1 keeps the folder
	$(PYTHON) tests/fresh_machine.py $(if $(KEEP),--keep)

clean: ## Remove both .venv, caches and builds; movies in ./bazaar stay
	rm -rf $(VENV) $(LOWEST) build dist docs/_build docs/reference/generated .mypy_cache .pytest_cache .ruff_cache .hypothesis bazaar_nb/static widgets/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Done again when the dependencies may have changed, and only then.
$(INSTALLED): pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "Python is wanted, but there is no $(PYTHON): install Python 3.11 or newer, or say which: make PYTHON=/path/to/python3" >&2; \
	  exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
	  "Python 3.11 or newer is wanted, $(PYTHON) is %d.%d: say which to use, as in make PYTHON=python3.12" \
	  % sys.version_info[:2])'
	@PYTHON="$(PYTHON)" sh tests/system-packages.sh use
	@echo "Installing into $(VENV) (a few minutes the first time)"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,lab,notebooks]'
	@touch $@

# Made anew each time: uv keeps what is installed and allowed, and here the oldest is wanted.
$(LOWEST)/installed: pyproject.toml
	@"$(LOWEST_PYTHON)" -c 'import sys; sys.version_info[:2] == (3, 11) or sys.exit( \
	  "Python 3.11 is wanted, the oldest that is allowed, $(LOWEST_PYTHON) is %d.%d: say which to use, as in " \
	  "make test-lowest LOWEST_PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@PYTHON="$(LOWEST_PYTHON)" sh tests/system-packages.sh use
	@echo "Installing into $(LOWEST) (a few minutes the first time)"
	@"$(LOWEST_PYTHON)" -m venv --clear $(LOWEST)
	@$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(LOWEST)/bin/python -m uv pip install --quiet --compile-bytecode --python $(LOWEST)/bin/python \
	  --resolution lowest-direct -e '.[dev,lab]'
	@touch $@
