"""Billing (BssOpenApi): the bill by instance and what is there for a term, both from the fake's ledger."""
