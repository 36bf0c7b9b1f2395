"""The command-line arguments of the inference engines: one table a version, generated from the engine's own parser, and
how to read a command line by it.

The YAML files are made by `python -m tests.engine_arguments` (docs/engine-arguments.md) and not written by hand.
"""
