"""Object Storage Service: buckets with their settings, and small objects with their versions, parts and presigned URLs.

Objects are kept in memory, so the fake is for small ones: seed `{"oss": {"bytes": 16777216}}` sets how many bytes an account may hold.
Settings that work on objects later (lifecycle, website, logging, CORS) are checked and kept, and do nothing.

Not here: appending, symbolic links, restoring, retention, callbacks, image processing, replication, inventories, live channels.
"""
