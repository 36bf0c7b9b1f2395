"""Virtual Private Cloud: VPCs, vSwitches, route tables, elastic IP addresses, NAT gateways and SNAT entries."""
