"""Application Load Balancer: the address of a listener, once servers behind it are healthy."""
