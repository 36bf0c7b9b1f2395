"""What Prometheus and Grafana need to watch a stack's machines: where to scrape, and a dashboard. Pure but for `machines.py`.

Not here: alarms of CloudMonitor (components), and what a benchmark measures from outside (benchmark).
"""
