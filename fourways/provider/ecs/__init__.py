"""What the machines behind a load balancer or in a scaling group say of themselves."""
