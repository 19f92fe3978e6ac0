# Two commands do everything: make serve, make test. See README.md.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test bench check format vendor clean-venv

serve: $(VENV)/.runtime
	@$(BIN)/python tools/serve.py

test: $(VENV)/.development
	@$(BIN)/python -m pytest $(ARGS)

# The evaluator's speed, beside the peers that can be installed.
bench: $(VENV)/.runtime
	@$(BIN)/python -m benchmarks.decisions $(ARGS)

# What must hold before a change lands, besides the tests.
check: $(VENV)/.development
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --check $$(git ls-files 'templates/*.html')
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/check_django.py

format: $(VENV)/.development
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djade $$(git ls-files 'templates/*.html') || true

# The editor's parts, built anew from their lock file (needs Node). See tools/codemirror.
vendor:
	@cd tools/codemirror && npm ci --ignore-scripts --no-audit --no-fund --silent && node build.mjs

# An environment whose Python was upgraded away is made anew, with its packages.
$(shell test ! -e $(VENV) || test -x $(BIN)/python || rm -rf $(VENV))

$(BIN)/python:
	@python=$$(sh tools/find-python.sh) && "$$python" -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-dev.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

clean-venv:
	@rm -rf $(VENV)
