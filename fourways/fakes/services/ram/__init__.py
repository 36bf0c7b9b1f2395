"""Resource Access Management: roles, users, groups and policies. They are an account's, not a region's."""
