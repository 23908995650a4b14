# setup: a virtualenv in .venv · run: the console · test: the suite · check: what CI runs, in order · bench · shots
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.PHONY: setup run test check bench shots
VENV ?= .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.requirements-installed

# The stamp holds what was installed, so a second call costs nothing and a changed pin is noticed.
setup:
	@wanted="$$(cat requirements.txt requirements-dev.txt | sha256sum 2>/dev/null || cat requirements.txt requirements-dev.txt | shasum -a 256)"
	if [ -x "$(PY)" ] && [ -f "$(STAMP)" ] && [ "$$(cat "$(STAMP)")" = "$$wanted" ]; then exit 0; fi
	if ! [ -x "$(PY)" ]; then
	  python=""
	  for candidate in python3 python3.13 python3.12 python3.11; do
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
	      python="$$candidate"; break
	    fi
	  done
	  if [ -z "$$python" ]; then
	    echo "Python 3.11, 3.12 or 3.13 with its venv module is needed (Debian: apt install python3 python3-venv)." >&2; exit 1
	  fi
	  echo "Creating $(VENV) with $$("$$python" --version)"
	  "$$python" -m venv "$(VENV)"
	fi
	echo "Installing the pinned requirements into $(VENV)"
	"$(PY)" -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	printf '%s' "$$wanted" > "$(STAMP)"

run: setup
	@exec "$(PY)" manage.py serve_console

test: setup
	@"$(PY)" -m pytest -m "not drill and not browser" -n 2

check: setup
	@"$(PY)" -m ruff check .
	"$(PY)" -m ruff format --check .
	"$(PY)" -m mypy .
	"$(PY)" manage.py check
	"$(PY)" manage.py makemigrations --check --dry-run
	"$(PY)" -m pytest -n 2 --cov --cov-report=term:skip-covered

bench: setup
	@for script in bench/*.py; do "$(PY)" "$$script"; done

shots: setup
	@"$(PY)" -m tests.browser.shots
