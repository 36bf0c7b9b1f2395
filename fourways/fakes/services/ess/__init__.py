"""Auto Scaling: scaling groups and scaling configurations. What a group starts are plain ECS instances, billed there."""
