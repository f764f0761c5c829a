# Every target installs what it misses, says what it does, and how long each stage took.

.DEFAULT_GOAL := help
.PHONY: help demo test dev bench size

help: ## Says what there is
	@sed -n 's/^\([a-z]*\): ## /  make \1\t/p' Makefile | expand -t 16

demo: ## Builds the release and runs it on a demo directory, with a local stand-in for Microsoft
	@.ci/demo

test: ## Runs every check and every test, on SQLite and PostgreSQL, and in a browser
	@.ci/test

dev: ## Runs a debug build that follows your changes, on the demo directory
	@.ci/dev

bench: ## Builds the release and prints what it costs, each figure beside a floor of the same run
	@.ci/bench

size: ## Builds the release and prints the size of every file, and of every page against its budget
	@.ci/size --build
