#!/usr/bin/env python3
"""SIGTERM: no connection is taken any more, those that there are go on until they
have ended or the drain timeout has passed, and a second one ends all at once."""
import signal

from lib.stack import Stack, equal, until


def echo(client):
    while data := client.recv(65536):
        client.sendall(data)


def refused(stack):
    try:
        stack.connect().close()
        return False
    except ConnectionRefusedError:
        return True


def rest(client):
    """What comes until the connection ends, however it does."""
    got = b""
    try:
        while more := client.recv(4096):
            got += more
    except OSError:
        pass
    return got


def ends(stack, reason):
    equal("the exit", stack.frontd.wait(20), 0)
    until(f"a connection ended: {reason}", lambda: reason in stack.sessions())


with Stack(serve=echo) as stack:
    first, second = stack.client(), stack.client()
    stack.frontd.send_signal(signal.SIGTERM)
    until("nobody listens", lambda: refused(stack))
    for client in (first, second):
        for _ in range(3):
            client.sendall(b"still here")
            equal("the echo", client.recv(100), b"still here")
    first.unwrap().close()
    second.sendall(b"and here")
    equal("the echo", second.recv(100), b"and here")
    equal("it runs", stack.frontd.poll(), None)
    second.unwrap().close()
    ends(stack, "closed")

with Stack(serve=echo, worker="drain-timeout = 1s") as stack:
    client = stack.client()
    stack.frontd.send_signal(signal.SIGTERM)
    equal("nothing more comes", rest(client), b"")
    ends(stack, "drained")

with Stack(serve=echo, worker="drain-timeout = 1h") as stack:
    client = stack.client()
    stack.frontd.send_signal(signal.SIGTERM)
    until("nobody listens", lambda: refused(stack))
    client.sendall(b"still here")
    equal("the echo", client.recv(100), b"still here")
    stack.frontd.send_signal(signal.SIGTERM)
    ends(stack, "cut")

# And with nobody there it ends at once.
with Stack(serve=echo, worker="drain-timeout = 1h") as stack:
    until("the first connection's end", lambda: stack.sessions())
    stack.frontd.send_signal(signal.SIGTERM)
    equal("the exit", stack.frontd.wait(20), 0)
