"""Private gateways with their VPC links and access lists."""
