# `make demo` shows a badge issued, held, presented, verified and revoked. `make test` passes every check.
# Both do their own set-up (.ci/setup says what and how); neither asks a question.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/target/tools/bin:$(PATH):$(HOME)/.cargo/bin

# Asked again at each use: set-up may have installed OpenSSL in between.
CARGO_OPTIONS = --locked $(shell .ci/setup features)

.PHONY: help demo demo-evaluation test fuzz interop openapi crash conformance setup fmt clippy doc unit deny advisories core-check core-tree demo-checked

help: ## says what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

demo: ## issues, holds, presents, verifies and revokes a badge; leaves the files in demo-output/
	@.ci/setup demo
	cargo build $(CARGO_OPTIONS) --workspace --bins
	@test-vectors/demo/demo.sh

demo-evaluation: ## a skill evaluated by experts of the candidate's choice; leaves the files in demo-output/evaluation/
	@.ci/setup demo
	cargo build $(CARGO_OPTIONS) --workspace --bins
	@test-vectors/demo/evaluation.sh

# The quick checks first.
test: setup fmt core-tree deny clippy doc unit core-check demo-checked ## everything that must pass
	@echo "make test: all passed"

setup:
	@.ci/setup demo
	@.ci/setup test
	@.ci/setup lint
	@.ci/setup postgres
	@cargo fetch --locked

fmt: ## formatting
	cargo fmt --all --check

core-tree:
	@.ci/core-check tree

clippy: ## lints, of everything, as errors
	cargo clippy $(CARGO_OPTIONS) --workspace --all-targets -- -D warnings

doc: ## documentation, warnings as errors
	RUSTDOCFLAGS=-Dwarnings cargo doc $(CARGO_OPTIONS) --workspace --no-deps

# The programs are built first: some tests start them. --tests keeps one set of features, so nothing is built twice.
unit: ## all tests
	cargo build $(CARGO_OPTIONS) --workspace --bins --tests
	@mkdir -p target/logs
	cargo test $(CARGO_OPTIONS) --workspace 2>&1 | tee target/logs/test.log
	@.ci/test-summary target/logs/test.log

deny: ## licences, bans and sources; advisories where their database can be reached
	@.ci/setup deny
	cargo-deny --locked --log-level error check --hide-inclusion-graph licenses bans sources
	@$(MAKE) --no-print-directory advisories

# Not reaching the database is said and is no failure; an advisory that is found is one.
advisories:
	@mkdir -p target/logs
	@if GIT_TERMINAL_PROMPT=0 timeout 60 cargo-deny --locked --log-level error fetch db >target/logs/advisories.log 2>&1 </dev/null; then \
	    cargo-deny --locked --offline --log-level error check --hide-inclusion-graph advisories; \
	else \
	    echo "advisories: database not reachable, not checked ($$(grep -m1 -E '^(fatal|error):|ERROR' target/logs/advisories.log || echo 'no answer in 60 s'))"; \
	fi

interop: ## badges to and from other implementations; installs them; not part of test
	cargo build $(CARGO_OPTIONS) --workspace --bins
	@BADGE_BIN_DIR=target/debug test-vectors/interop/run

# Generated requests for each operation: 2000 before a release.
OPENAPI_EXAMPLES ?= 200

openapi: ## asks the running service everything its description allows, and more; installs schemathesis; not part of test
	cargo build $(CARGO_OPTIONS) --workspace --bins
	@BADGE_BIN_DIR=target/debug issuer/tests/schemathesis/run $(OPENAPI_EXAMPLES)

# Seconds for each target: 900 before a release.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= document container json_ld canonical sd_jwt status_list registry thread verify

fuzz: ## what strangers can send, FUZZ_SECONDS for each of FUZZ_TARGETS; not part of test
	@.ci/setup fuzz
	cargo run $(CARGO_OPTIONS) --package badge-test-vectors --example fuzz_seeds
	@cd test-vectors/fuzz; for target in $(FUZZ_TARGETS); do \
	    cargo fuzz run --sanitizer none "$$target" -- -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 || exit 1; \
	done

# Seconds: about fifteen minutes, and with LONG=1 the full count, 240 kills and 120 power cuts.
crash: ## kills, power cuts, full disk, damaged files, again and again; LONG=1 for the full count; not part of test
	cargo build $(CARGO_OPTIONS) --workspace --bins
	CRASH_RUNS=$(if $(LONG),long,default) cargo test $(CARGO_OPTIONS) --workspace --test crash $(if $(wildcard issuer/tests/postgres*),--test postgres) -- --nocapture --test-threads=2

conformance: ## serves what official test suites call, until interrupted; not part of test
	cargo build $(CARGO_OPTIONS) --workspace --bins
	@BADGE_BIN_DIR=target/debug test-vectors/conformance/serve

core-check: ## the verifier's core compiles without OpenSSL, runtime or sockets
	@.ci/core-check

demo-checked:
	cargo build $(CARGO_OPTIONS) --workspace --bins --tests
	@test-vectors/demo/demo.sh
	@test-vectors/demo/demo.sh --check
	@test-vectors/demo/evaluation.sh
