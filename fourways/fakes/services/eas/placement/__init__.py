"""Where a replica runs: machines, public types and their market, quotas, virtual groups, and what takes its place away."""
