"""Stores elsewhere: where they are, what they reply, and putting a dataset into them.

`engine/remote.py` answers queries from one; `push.py` loads one. `store.py` tells what differs
between the stores we test with.
"""
