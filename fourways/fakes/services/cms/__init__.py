"""CloudMonitor: alert contacts, their groups and alert rules on metrics and events. It measures nothing: no rule ever alarms.

Not here: monitor groups, site monitors, Prometheus rules' evaluation.
"""
