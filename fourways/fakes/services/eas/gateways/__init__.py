"""Private gateways with their VPC links, access lists and domains."""
