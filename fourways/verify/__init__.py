"""What `fourways verify` compares: the same end-to-end steps on a real account and on the fake, answer by answer.

Steps, probes and money are data and plain functions; an answer is reduced to its shape before anything else sees it, so that no secret and
no account data can come into a report. Only `asking` reaches a cloud. Running Pulumi, and the order of things, is `fourways.cli.verify`'s.
"""
