"""Live prices beside the dated book: by which call each is asked, a cache of the answers, and the book renewed from them.

What lives elsewhere: the book itself and its form (`fourways.catalog`), estimates (`fourways.costs`), commands (`fourways.cli.prices`).
List prices only: what an account has negotiated is asked for nowhere and kept nowhere.
"""
