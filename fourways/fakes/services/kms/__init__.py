"""Key Management Service: keys that disks and instances may name. It encrypts nothing."""
