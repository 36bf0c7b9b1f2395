"""Simple Log Service: projects, log stores, their indexes, and the lines that PAI-EAS services write into them. It searches nothing.

Not here: what clients write (PutLogs), metric stores, queries with SQL, alerts, dashboards, machine groups.
"""
