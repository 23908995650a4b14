# setup: a virtualenv in .venv · run: the console · test: the suite · check: what CI runs, in order · bench · shots
SHELL := /bin/bash
.PHONY: setup run test check bench shots
VENV ?= .venv
PY := $(VENV)/bin/python
# What a deployment sets, for the checks that look at it; nothing listens there.
PRODUCTION = DEBUG=false SECRET_KEY="$$("$(PY)" -c 'import secrets; print(secrets.token_urlsafe(60))')" \
  ALLOWED_HOSTS=console.example.com BASE_URL=https://console.example.com CACHE_URL=filecache:///var/lib/console/cache \
  FIELD_ENCRYPTION_KEYS="$$("$(PY)" -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())')"

# Percent of statements and branches that the suite must reach.
COVERED = 90

# The stamp holds what was installed, so a second call costs nothing and a changed pin is noticed.
setup:
	@if [ -x "$(PY)" ] && cat requirements.txt requirements-dev.txt | cmp -s - "$(VENV)/.installed"; then exit 0; fi; \
	if ! [ -x "$(PY)" ]; then \
	  for python in python3 python3.13 python3.12 python3.11 ""; do \
	    if [ -z "$$python" ]; then \
	      echo "Python 3.11, 3.12 or 3.13 with its venv module is needed (Debian: apt install python3-venv)." >&2; exit 1; \
	    fi; \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break; \
	  done; \
	  echo "Creating $(VENV) with $$("$$python" --version)"; \
	  "$$python" -m venv "$(VENV)" || exit 1; \
	fi; \
	echo "Installing the pinned requirements into $(VENV)"; \
	"$(PY)" -m pip install -qq --disable-pip-version-check --requirement requirements-dev.txt && \
	cat requirements.txt requirements-dev.txt > "$(VENV)/.installed"

run: setup
	@exec "$(PY)" manage.py serve_console

test: setup
	@exec "$(PY)" -m pytest -m "not drill and not browser" -n 2

# The browser's tests run by themselves: their event loop stays in the process and no other test may start one.
check: setup
	@"$(PY)" -m ruff check .
	@"$(PY)" -m ruff format --check .
	@"$(PY)" -m mypy .
	@"$(PY)" manage.py check
	@$(PRODUCTION) "$(PY)" manage.py check --deploy --fail-level WARNING
	@"$(PY)" manage.py makemigrations --check --dry-run
	@"$(PY)" -m pytest -m "not browser" -n 2 --cov --cov-report=
	@"$(PY)" -m pytest -m browser -n 2 --cov --cov-append --cov-report=term:skip-covered --cov-fail-under=$(COVERED)
	@if [ -n "$${POSTGRES_15:-}" ]; then \
	  echo "Once more on PostgreSQL 15"; \
	  TEST_POSTGRES="$$POSTGRES_15" "$(PY)" -m pytest -m "not drill and not browser" -n 2 --ignore=tests/console/embedded; \
	fi

bench: setup
	@"$(PY)" -m pip install -qq --disable-pip-version-check --requirement bench/requirements.txt
	@for script in bench/[a-z]*.py; do \
	  [ "$$script" = bench/database.py ] || "$(PY)" -m "bench.$$(basename "$$script" .py)" || exit 1; \
	done

shots: setup
	@exec "$(PY)" -m tests.browser.shots
