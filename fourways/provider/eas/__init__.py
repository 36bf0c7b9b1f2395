"""The two resources of PAI-EAS: services and dedicated resource groups."""
