"""What runs on an instance: its user data read as cloud-init reads it, the boot by the clock, and the inference engine that then serves.

Not here: the instance itself (status, bill, disks), which is `ecs.instances`, and the load balancer before it, which is `alb`'s.
Others ask `engine` and nothing else of this folder.
"""
