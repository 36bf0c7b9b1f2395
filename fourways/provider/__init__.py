"""The native Pulumi provider `fourways` and its resource classes."""
