"""Key Management Service: keys that disks and instances may name, and generic secrets. It encrypts nothing."""
