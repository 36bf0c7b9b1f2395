"""Server Load Balancer, the classic one (CLB): load balancers without listeners, which nothing here makes."""
