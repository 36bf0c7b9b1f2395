"""What a model on machines of the stack's own is declared as: machines, what they boot into, the load balancer before them."""
