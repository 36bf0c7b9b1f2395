"""Virtual private cloud, API 2016-04-28: VPCs, their system route tables, and vSwitches."""
