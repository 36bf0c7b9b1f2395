"""Certificate Management Service: certificates that users upload for the listeners of load balancers. It issues none."""
