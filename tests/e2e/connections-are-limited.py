#!/usr/bin/env python3
"""A worker at its limit accepts no more: who comes then waits, and is served as
soon as another has gone."""
import socket

from lib.stack import Stack, equal, until

with Stack(processes=1, worker="max-connections = 4") as stack:
    until("the first one's end", lambda: len(stack.sessions()) == stack.log("frontd").count(
        "event=session ") and stack.sessions())
    clients = [stack.client() for _ in range(4)]
    try:
        stack.client(timeout=1)
        raise AssertionError("a fifth connection was served")
    except socket.timeout:
        pass
    late = stack.connect()
    for client in clients:
        client.sendall(b"unharmed")
        equal("the echo", client.recv(100), b"unharmed")
    clients[0].close()
    late.close()
    stack.served()
    for client in clients[1:]:
        client.close()
    equal("the limit is logged", "event=limit" in stack.log("frontd"), True)
