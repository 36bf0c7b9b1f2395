"""The library behind the program: catalog, cloud access, native provider, fake cloud, costs, clean-up and the command line."""
