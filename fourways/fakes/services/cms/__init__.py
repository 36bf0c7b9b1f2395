"""CloudMonitor: alert contacts, their groups and threshold alert rules. It measures nothing: no metric is kept, and no rule ever alarms.

Not here: event rules, monitor groups, site monitors, Prometheus rules' evaluation.
"""
