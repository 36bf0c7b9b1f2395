"""Auto Scaling: the machines of a scaling group brought to one scaling configuration, and watched until they serve."""
