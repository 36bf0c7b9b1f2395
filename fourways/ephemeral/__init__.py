"""Disposable copies of stacks and the run that measures them: what a copy's settings are, what a run writes down before it buys, how long
it is planned to take, what it may cost. Pure; `fourways.cli.ephemeral` acts on it.

    run = copies.run_id()
    made = copies.disposable(config, run, now, "3h")     # another life for a stack's settings
    journal = Journal(run=run, ...)                      # written down before the first resource, found again after any kill
    meter = Meter(limits); meter.spent(now)              # what it has cost so far, at most
"""
