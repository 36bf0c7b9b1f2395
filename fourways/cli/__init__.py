"""The `fourways` command: thin shells over the other folders."""
