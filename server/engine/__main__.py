"""`python -m xingtu.server.engine FD` is the zygote; the server starts it."""

from xingtu.server.engine.zygote import main

main()
