"""Notebooks run without a person: the runner, its index, provenance and the command line."""
