"""CloudMonitor: alert contacts, their groups and alert rules on metrics and events, application groups and the custom metrics that are
reported to them. It measures nothing by itself: no rule ever alarms.

Not here: instances of application groups, site monitors, Prometheus rules' evaluation.
"""
