.DEFAULT_GOAL := help
.PHONY: help run dev test lint bench bench-quick load clean

help:
	@echo "make run    serve Parley with its demo world on http://127.0.0.1:8000 (PORT= and PYTHON= choose)"
	@echo "make dev    the same on the development server, which starts anew when a file changes"
	@echo "make test   every test: SQLite, PostgreSQL with Redis, and a real browser"
	@echo "make lint   style, templates, migrations and the deployment check"
	@echo "make bench  what each action costs in worlds of up to ten million messages, beside peers"
	@echo "make bench-quick  queries and rows alone, in under two minutes"
	@echo "make load   how many people two cores serve, and two instances as one site"
	@echo "make clean  remove .venv, caches and what tests left; the data in var/ stays"

run:
	@bin/run

dev:
	@bin/run --reload

test:
	@bin/test

lint:
	@bin/lint

bench:
	@bin/bench

bench-quick:
	@bin/bench --quick

load:
	@bin/load

clean:
	@bin/clean
