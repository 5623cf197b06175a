"""HTTP without a server: requests as data in, responses as data out.

`protocol.py` reads the operations of the SPARQL Protocol; `sparql.py`, `graph_store.py` and
`description.py` are endpoints over an engine; `front.py` speaks ASGI to them, and `direct.py` and
`borrowing.py` the HTTP/1.1 of those who ask much. `service.py` is what answers in the workers.
"""
