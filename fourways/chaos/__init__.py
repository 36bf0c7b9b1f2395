"""Breaking a stack's life on purpose, on the fake: what is done when (`plan.py`), what must hold all the same (`oracle.py`, `history.py`,
`secret_search.py`), what came of it (`table.py`). Pure: processes, sockets and files are `fourways.cli.chaos`'s.
"""
