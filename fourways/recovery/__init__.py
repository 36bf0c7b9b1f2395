"""What a killed run left: a lock, plugins without an engine, pending operations, things that no state knows. `fourways recover` is the
shell.

Pure: `locks.judge` (whose lock is it), `verdicts.judge` (what a look-up in the cloud means), `pending.plan` and `unrecorded.plan` (state
in, state and a line a change out). What reaches outside: `orphans` (processes), `locks.read` (files), `look.look` (the cloud). Order
matters, and every step may be killed: the state is written before any mark comes off a thing, and each step finds again what the one
before it left.
"""
