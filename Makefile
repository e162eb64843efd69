# make course   everything: site, assignments, a graded sample class with its report
# make test     every test, from lint to a graded class
# Both install what they need into .venv first. `make help` lists the rest.

PYTHON ?= python3
BIN    := .venv/bin
CLASS  := _build/class
export JUPYTER_PLATFORM_DIRS := 1
# alembic (nbgrader's database set-up) and jupyter are looked up on PATH
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help course kernels wasm bundles lite site-lite book pdf cheatsheet exercises class grade report lab test proofs test-fast lint format oracles marks lock bench clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

course: kernels site-lite book report  ## site, assignments, sample class, marks, feedback, report
	@$(BIN)/course overview --class $(CLASS) --site _build/html

.venv/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v[:2] <= (3, 13) else \
	  f"Python 3.11, 3.12 or 3.13 is needed, but this is {v[0]}.{v[1]}. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

kernels: .venv/.installed  ## compile the library's loops, once
	@$(BIN)/python -m course_lib.kernels

wasm: .venv/.installed  ## compile the kernels for the book's interactive figures (needs Debian's lld)
	$(BIN)/python -m course_lib.web book/figures/kernels.wasm

book: exercises kernels  ## the site, into _build/html
	@test ! -f _build/lite/start.json || $(MAKE) --no-print-directory site-lite
	$(BIN)/jupyter-book build . --warningiserror --keep-going

bundles:  ## bundle what the site has from npm: the editor of cells, the axes of figures (needs npm)
	cd tools/npm && npm ci --silent --no-audit --no-fund && node bundle.mjs

.venv-lite/.installed: tools/lite/requirements.txt .venv/.installed
	$(PYTHON) -m venv .venv-lite
	$(BIN)/uv pip install --quiet --python .venv-lite/bin/python --require-hashes -r $<
	@touch $@

# PYODIDE=FOLDER names a folder with files of the Pyodide release, should the registries lack one.
_build/lite/start.json: .venv-lite/.installed $(wildcard tools/lite/*.*) $(wildcard exercises/*/*.ipynb) \
  $(shell find course_lib -name '*.py' -o -name '*.npz' -o -name '*.toml')
	@.venv-lite/bin/python tools/lite/build.py _build/lite $(if $(PYODIDE),--pyodide "$(PYODIDE)")

lite: exercises  ## the assignments in the browser, into _build/lite; make book puts them into the site (needs npm)
	@$(MAKE) --no-print-directory _build/lite/start.json

# The site is whole without them.
site-lite: exercises
	@$(MAKE) --no-print-directory _build/lite/start.json || echo "The site is made without assignments in the browser."

cheatsheet: book  ## the cheatsheet on one sheet of paper, into _build/cheatsheet.pdf (needs Chromium)
	$(BIN)/python book/_ext/cheatsheet.py _build/html _build/cheatsheet.pdf

pdf: book  ## the whole book on paper, into _build/book.pdf (needs Chromium)
	$(BIN)/python book/_ext/print_book.py _build/html _build/book.pdf

exercises: .venv/.installed  ## students' notebooks, from solutions/
	$(BIN)/course exercises

class: .venv/.installed  ## a sample class of 30 submissions
	@test -f $(CLASS)/submitted/class.json || $(BIN)/course sample-class --assignment 04_optimizers --students 30 --seed 0 --out $(CLASS)/submitted

grade: exercises class  ## grade the sample class
	$(BIN)/course grade --all --class $(CLASS)

report: grade  ## feedback pages and course report of the sample class
	$(BIN)/course feedback --class $(CLASS)
	$(BIN)/course report --class $(CLASS)

lab: .venv/.installed  ## JupyterLab on the assignments, for a student
	$(BIN)/jupyter lab exercises

# Tests wait for browsers, kernels and clocks: two cores have work for three processes. Workers take tests from each
# other; what is made once for a module is then seldom made twice.
WORKERS ?= 3
PYTEST  := $(BIN)/pytest -q -n $(WORKERS) --dist worksteal

# Other ways to run the kernels need no second look at the book and the grading. Every check is tried
# without numba too, as in a browser. The capstone's trains networks for each answer: there, what mistakes earn in the
# hidden check, which no browser has, is seen with numba alone.
LIBRARY := course_lib tests/checks/test_guard.py $(wildcard tests/test_*.py)
QUICK   := not partly_right_is[capstone] and not (every_mistake and 41-True-capstone)

# What runs beside something else says all it has to say when it is over.
aside = @mkdir -p _build; $(2) > _build/aside.txt 2>&1; code=$$?; echo; echo "$(1):"; cat _build/aside.txt; exit $$code

.PHONY: test-here test-other-ways
test: .venv/.installed lint  ## every test
	@$(MAKE) --no-print-directory -j2 test-here test-other-ways

test-here:
	$(PYTEST)

test-other-ways:
	$(call aside,Without compilation,NUMBA_DISABLE_JIT=1 $(BIN)/pytest -q -m "not slow" $(LIBRARY))
	$(call aside,With bounds checked,NUMBA_BOUNDSCHECK=1 $(BIN)/pytest -q -m "not slow" $(LIBRARY))
	$(call aside,Without numba,PYTHONPATH=tests/without_numba $(BIN)/pytest -q -m "not slow" -k "$(QUICK)" $(LIBRARY) tests/checks)

proofs: .venv/.installed  ## tests of minutes, those that held with this code too; tests/proofs.json keeps which did
	$(BIN)/pytest -n 2 -q -m proof --proofs

test-fast: .venv/.installed  ## the tests that take seconds
	$(PYTEST) -m "not slow"

lint: .venv/.installed  ## style, types, import contracts, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/course exercises --check

format: .venv/.installed  ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

oracles:  ## record the values of PyTorch and others into tests/oracles (heavy)
	$(PYTHON) -m venv .venv-oracles
	.venv-oracles/bin/pip install --quiet -r tests/oracles/requirements.txt
	.venv-oracles/bin/python tests/oracles/record.py

marks: .venv/.installed  ## record plain nbgrader's marks of an honest class into tests/grading/marks (half an hour)
	$(BIN)/python tests/grading/record_marks.py

lock: .venv/.installed  ## requirements.in -> requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements.txt requirements.in

.venv-bench/.installed: benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet -r benchmarks/requirements.txt
	@touch $@

# BENCH=--quick only shows that all of it works; the results then go to _build/bench. What was interrupted
# goes on where it was (delete benchmarks/results/*.part to begin anew).
bench: .venv/.installed .venv-bench/.installed  ## measurements against torch, JAX, optax, SciPy, NumPy and nbgrader (an hour)
	@for part in start runs differences training steps; do \
	  PYTHONPATH=. .venv-bench/bin/python benchmarks/$$part.py $(BENCH) || exit; done
	@PYTHONPATH=. $(BIN)/python benchmarks/grading.py $(BENCH)
	@for part in desk report; do PYTHONPATH=. $(BIN)/python benchmarks/$$part.py $(BENCH) || exit; done

clean:  ## forget what was built (not the environment)
	rm -rf _build .jupyter_cache .pytest_cache .mypy_cache .ruff_cache
