"""The stack files (`Pulumi.<stack>.yaml`) and the typed model that reads them. What a stack declares is in `components`, not here."""
