"""Type tokens and the version, for the provider's process and for programs alike."""

SERVICE_TYPE = "fourways:eas:Service"
RESOURCE_GROUP_TYPE = "fourways:eas:ResourceGroup"
VERSION = "0.1.0"
