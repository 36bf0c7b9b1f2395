"""Type tokens, the version and the provider's own notes in a state, for the provider's process and for programs alike."""

SERVICE_TYPE = "fourways:eas:Service"
RESOURCE_GROUP_TYPE = "fourways:eas:ResourceGroup"
GATEWAY_TYPE = "fourways:eas:Gateway"
AUTOSCALER_TYPE = "fourways:eas:Autoscaler"
CRON_SCALER_TYPE = "fourways:eas:CronScaler"
WORKSPACE_TYPE = "fourways:modelstudio:Workspace"
API_KEY_TYPE = "fourways:modelstudio:ApiKey"
MODEL_LIMITS_TYPE = "fourways:modelstudio:ModelLimits"
MODEL_PERMISSIONS_TYPE = "fourways:modelstudio:ModelPermissions"
RESERVATION_TYPE = "fourways:modelstudio:Reservation"
MODEL_UNIT_DEPLOYMENT_TYPE = "fourways:modelstudio:ModelUnitDeployment"
RANDOM_SECRET_TYPE = "fourways:kms:RandomSecret"
SELF_SIGNED_CERTIFICATE_TYPE = "fourways:cas:SelfSignedCertificate"
ROLLOUT_TYPE = "fourways:ess:Rollout"
ENDPOINT_TYPE = "fourways:alb:Endpoint"
PACKAGE = "fourways"
VERSION = "0.1.0"

#: Inputs of this prefix are the provider's own notes in the state; the engine shows and compares none of them.
INTERNAL = "__"
#: Set on the inputs of a resource that was imported and not yet declared: labels found on it are kept until they are declared.
IMPORTED = "__imported"
