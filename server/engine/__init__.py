"""Engines: what keeps a dataset and answers queries over it.

`tasks.py` is the contract. `Pool` keeps a packaged or given dataset in memory, or a directory on
disk, and evaluates in processes that can be killed; `RemoteEngine` asks another store;
`LocalEngine` evaluates in this process, for tests and the command line.
"""
