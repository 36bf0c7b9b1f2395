"""As SGLang: the key is an argument, and all arguments are logged at the start."""

import logging
import os
import sys

import stand_in_engine

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout)
    given = stand_in_engine.arguments(sys.argv[1:])
    logging.info(f"server_args={given}")
    logging.info("the environment has %d keys", sum(given.api_key in value for value in os.environ.values()))
    weights = sys.argv[sys.argv.index("--model-path") + 1]
    stand_in_engine.serve(weights, given.host, int(given.port), given.served_model_name, given.api_key)
