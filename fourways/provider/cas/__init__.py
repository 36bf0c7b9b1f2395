"""Certificate Management Service: a certificate that signs itself, for a listener."""
