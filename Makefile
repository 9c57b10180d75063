# Thin on purpose: the work is in xtask/ (Rust), so that it is readable and testable.
.DEFAULT_GOAL := help
.PHONY: help run test bench test-interop fmt tidy setup compiler

help:            ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: compiler    ## build, then start the portal (:8080) and the stand (:8090) with demonstration data
	@cargo xtask run

test: compiler   ## set up what is missing, then every check and test, with counts at the end
	@cargo xtask ci

bench: compiler  ## measure: ratios beside the limits of this machine, taken in the same run
	@cargo xtask bench

test-interop: compiler## other people's clients and servers against ours
	@cargo xtask interop

fmt:             ## format the Rust sources
	@cargo fmt --all

tidy: compiler   ## the rules of the repository: edges, slices, sizes, texts, licences
	@cargo xtask tidy

setup: compiler  ## install what the tests need (PostgreSQL, Chromium, Node)
	@cargo xtask setup

compiler:
	@xtask/bootstrap.sh
