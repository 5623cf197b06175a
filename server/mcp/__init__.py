"""The graph for language models: a Model Context Protocol server, read-only, over two doors.

`stdio.py` is the door of `xingtu mcp`, `endpoint.py` that at `/mcp`; behind both is the one server
of `service.py` with the tools of `tools.py`. The SDK is the package `mcp`, imported when the first
client comes: it takes half a second and 30 MB, which a server that nobody asks this way saves.
"""
