"""The parts of bootstrap.py: where things go, how Go and pip are run, what is said.

Standard library only; nothing else in the tree imports it.
"""
