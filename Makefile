# make run    build the private environment, train if the model is missing or stale, serve on 127.0.0.1:5005;
#             STORE=name serves a store of data/stores
# make test   install what the tests need and run them all
# make lint   check format, style, types, and that imports point one way
# make audit  check the pins for known vulnerabilities and end of support; ONLINE=1 asks PyPI too
# make lock   resolve the dependencies of pyproject.toml again (needs a package index)
# make clean  remove the environment and all that the bot wrote

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-input
# Without dependencies, because the lock names them all; Rasa's own bound on Python is set aside on
# purpose (docs/rasa.md).
LOCKED := $(PIP) --no-deps --require-hashes --ignore-requires-python --no-build-isolation

.PHONY: run test train lint audit lock clean
.DELETE_ON_ERROR:

run: $(VENV)/ready
	@exec $(BIN)/privacy-bot $(if $(STORE),--store $(STORE)) serve --train

train: $(VENV)/ready
	@exec $(BIN)/privacy-bot train

test: $(VENV)/ready-for-tests
	@scripts/test_packages.sh
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/ready-for-tests
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

audit: $(VENV)/ready
	@$(BIN)/python scripts/audit.py
	@$(if $(ONLINE),scripts/audit_online.sh)

lock:
	@scripts/lock.sh

clean:
	rm -rf $(VENV) models var results .rasa

$(VENV)/ready: requirements/run.lock requirements/build.lock scripts/environment.pth $(shell find standins -name '*.py' -o -name '*.toml')
	@$(PYTHON) scripts/check_python.py
	@echo "Installing into $(VENV): a few minutes the first time" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(LOCKED) -r requirements/build.lock
	@$(LOCKED) -r requirements/run.lock
	@$(PIP) --no-deps --no-build-isolation ./standins/tensorflow
	@rm -rf standins/tensorflow/build standins/tensorflow/src/*.egg-info
	@$(PIP) --no-deps --no-build-isolation --editable .
	@cp scripts/environment.pth $(VENV)/lib/python3.11/site-packages/privacy_bot_environment.pth
	@touch $@

$(VENV)/ready-for-tests: $(VENV)/ready requirements/test.lock
	@$(PIP) --no-deps --require-hashes -r requirements/test.lock
	@touch $@
