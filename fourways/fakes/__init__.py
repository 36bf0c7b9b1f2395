"""The fake cloud: other people's clients must not be able to tell it from Alibaba Cloud.

`cloud.py` is the whole of it as one object; `wire/` turns HTTP into calls and answers into HTTP; `services/` holds one package a
product (state and rules in `backend.py`, wire names in `api.py`); `clock.py`, `ledger.py`, `faults.py`, `accounts.py` are what all
services share; `admin.py` is the `/_fake/` side door; `server.py` and `inprocess.py` are the two fronts. Nothing here knows of the
provider, the components or the command line.
"""
