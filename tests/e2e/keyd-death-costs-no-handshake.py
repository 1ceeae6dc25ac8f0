#!/usr/bin/env python3
"""Signer and keyd are killed: open connections live on, and a handshake that
begins while there is none waits and is done as soon as another is there."""
import os
import signal
import threading
import time

from lib.stack import Stack, equal, until


def ask(client, text):
    client.sendall(text)
    equal("the echo", client.recv(100), text)


def serve_many(stack, count, results):
    for _ in range(count):
        try:
            stack.served()
            results.append(None)
        except (OSError, AssertionError) as error:
            results.append(error)


with Stack() as stack:
    old = stack.client()
    ask(old, b"before")

    # Killed signers under load.
    results = []
    clients = [threading.Thread(target=serve_many, args=(stack, 100, results)) for _ in range(4)]
    for client in clients:
        client.start()
    for _ in range(2):
        time.sleep(0.3)
        (signer,) = stack.pids("keyd-signer")
        os.kill(signer, signal.SIGKILL)
        until("there is another signer", lambda: stack.pids("keyd-signer") not in ([], [signer]))
    for client in clients:
        client.join()
    equal("handshakes lost with signers", [r for r in results if r is not None], [])
    equal("handshakes", len(results), 400)
    ask(old, b"without its signer")

    # Killed keyd, away for a second, and back.
    stack.keyd.kill()
    stack.keyd.wait()
    until("its signer is gone too", lambda: not stack.pids("keyd-signer"))
    ask(old, b"without keyd")
    results = []
    waiting = threading.Thread(target=serve_many, args=(stack, 1, results))
    waiting.start()
    time.sleep(1)
    equal("a handshake without keyd is over", results, [])
    stack.start_keyd()
    waiting.join()
    equal("the handshake that waited", results, [None])
    ask(old, b"after")
    for _ in range(10):
        stack.served()
    old.close()
    equal("workers that died", stack.log("frontd").count("event=child-died"), 0)
