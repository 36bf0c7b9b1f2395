"""HTTP on one side, calls on the other: requests, signatures, parameters, error envelopes, dispatch."""
