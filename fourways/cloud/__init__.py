"""What every part needs to reach the cloud: the target (cloud or fake), credentials, official clients, ownership labels.

A leaf: imports only the catalog. No SDK is imported before the first call (they cost more than a whole preview).
"""
