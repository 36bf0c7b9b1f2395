"""Model Studio: workspaces, API keys, limits, permissions and prices (OpenAPI 2026-02-10), and the token API behind a key.

`records` and `backend` hold state; `api*` are the wire of the OpenAPI; `access` says whose key a call carries, for every bearer-key
interface; `token_api` answers `/compatible-mode/v1/`. Not here: reservations and model units, which `serving` asks for.
"""
