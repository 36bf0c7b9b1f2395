"""KMS: a generic secret whose value is made here."""
