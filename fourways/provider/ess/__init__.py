"""Auto Scaling: the machines of a scaling group brought to one version of a launch template, and watched until they serve."""
