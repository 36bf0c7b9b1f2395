"""What answers under an endpoint: the gateway's checks, limits, and a stand-in for the engine."""
