"""Simple Log Service: projects, log stores, their indexes, and the lines that PAI-EAS services write into them; machine groups and what the
agents of their machines are to collect. It searches nothing.

Not here: what clients and agents write (PutLogs), metric stores, queries with SQL, alerts, dashboards.
"""
