"""What a model on PAI-EAS is declared as: the service, what it runs on, and what stands around it."""
