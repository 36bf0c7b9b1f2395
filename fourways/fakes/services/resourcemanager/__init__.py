"""Resource Management: the resource groups that every other service may put its resources into."""
