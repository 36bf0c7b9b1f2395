"""Key Management Service: keys that disks and instances may name, and secrets with their versions. It encrypts nothing.

KMS instances are not bought here: those that are seeded exist (`{"kms": {"instances": ["kst-1"]}}`), and keys and secrets may be in one.
"""
