"""Measures an OpenAI-compatible endpoint: workload, runner, measures, results.

It reads nothing of a stack but its outputs. Pure modules compute (`workload`, `arrivals`, `sse`, `measures`, `validity`); thin ones touch
socket, clock and disk (`wire`, `lane`, `load`, `run`, `results`, `cluster`). What a stack costs, reports and environments live elsewhere.
The definitions of each measure are in `measures`.
"""
