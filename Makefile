# Each target sets up what it needs (Scripts/setup), then does one thing.
#   make swarm [ARGS="--nodes 4 --minutes 3"]   build and start a private swarm on this machine
#   make test                                   lint, build, fuzz briefly, run every test
#   make bench SUITE=operators|model|grpo       side-by-side speed, one JSON object a line
.DEFAULT_GOAL := help
.PHONY: help swarm build test bench conformance lint format clean

ARGS ?=
SUITE ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

swarm: build ## build, then `starling up` (flags in ARGS)
	@.build/release/starling up $(ARGS)

build: ## the release binary, .build/release/starling
	@Scripts/setup
	@swift build -c release --product starling

test: ## what CI runs: lint, build, short fuzzing, every test
	@Scripts/setup --checks
	@Scripts/check

bench: ## speed beside other libraries, SUITE=operators|model|grpo
	@Scripts/setup
	@Scripts/bench $(SUITE)

conformance: ## compare with reference programs of other projects
	@Scripts/setup
	@Scripts/conformance $(SUITE)

lint: ## format, shell scripts
	@Scripts/setup --checks
	@Scripts/lint

format: ## rewrite Swift sources in the house's format
	@swift format -i -p -r Sources Tests Package.swift

clean: ## remove build products
	@swift package clean
