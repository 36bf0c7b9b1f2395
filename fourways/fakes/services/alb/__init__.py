"""Application Load Balancer: load balancers with their listeners, server groups and health check templates."""
