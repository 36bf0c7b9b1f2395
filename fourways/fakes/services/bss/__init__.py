"""Billing (BssOpenApi): as much of it as clients ask to learn what kind of account they have."""
