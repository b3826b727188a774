# Needs Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.set-up

.PHONY: run test certify soak dev docs cookbook setup lint bench bench-history bench-progress bench-queries bench-matching lock clean

run: $(SETUP)            ## Play the sample district's days through the whole pipeline
	$(BIN)/python -m orchestration.sample_run

test: lint               ## Every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

certify: $(SETUP)        ## Every certification case: replay all days, check, write the report
	$(BIN)/rollbook certify

soak: $(SETUP)           ## Random days, faults and kills; SEED=2 PLANS=10000 KILLS=500 TOWNS=50 for others and more
	ROLLBOOK_WAREHOUSES=$${WAREHOUSES:-15} ROLLBOOK_SOAK_SEED=$${SEED:-1} \
	ROLLBOOK_SOAK_PLANS=$${PLANS:-2000} ROLLBOOK_SOAK_KILLS=$${KILLS:-100} ROLLBOOK_SOAK_TOWNS=$${TOWNS:-10} \
	ROLLBOOK_SOAK_LOADS=$${LOADS:-200} \
		$(BIN)/python -m pytest tests/history_oracle tests/student_oracle tests/faults tests/application/test_meanwhile.py

dev: $(SETUP)            ## Open the Dagster UI
	$(BIN)/python -m orchestration.dev

docs: $(SETUP)           ## One page that describes every model and column: data/local/docs/index.html
	$(BIN)/python -m orchestration.lib.dbt_docs

cookbook: run            ## Print the results in docs/cookbook.md anew
	$(BIN)/python -m tests.cookbook

setup: $(SETUP)          ## Install into .venv what the lock names, nothing else

lint: $(SETUP)           ## Style, types, SQL, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt_project --processes 2

bench: $(SETUP)          ## Measure side by side; writes docs/benchmark.md
	$(BIN)/python -m tests.bench.bench --report docs/benchmark.md

bench-history: $(SETUP)  ## Measure syncs after ten years of them; writes docs/benchmark-history.md
	$(BIN)/python -m tests.bench.history --report docs/benchmark-history.md

bench-progress: $(SETUP) ## Measure with ten million records of progress; writes docs/benchmark-progress.md
	$(BIN)/python -m tests.bench.progress --report docs/benchmark-progress.md

bench-queries: $(SETUP)  ## Measure what analysts ask after ten years; writes docs/benchmark-queries.md
	$(BIN)/python -m tests.bench.queries --report docs/benchmark-queries.md

bench-matching: $(SETUP) ## Measure how right and fast accounts are matched; writes docs/benchmark-matching.md
	$(BIN)/python -m tests.bench.matching.bench --report docs/benchmark-matching.md

lock: $(SETUP)           ## Renew requirements.lock after a change of pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header -q -o requirements.lock

clean:                   ## Remove what runs and set-up made
	rm -rf .venv data/local dbt_project/target

$(SETUP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rollbook needs Python 3.11 or newer; say make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m orchestration.lib.dbt_runner
	touch $(SETUP)
