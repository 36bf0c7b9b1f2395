"""Makes the tables of `fourways/catalog/engine_arguments/` out of the engines' own sources, by syntax tree: nothing of an engine is
imported or run, since that would take torch and a GPU. `python -m tests.engine_arguments` does it anew; the readers are pure.

What a parser computes when it runs (a platform's choices, a plugin's) is not in a table. A default is there where it is plain.
"""
