#!/usr/bin/env python3
"""A site whose backend takes no connection, and which everybody visits, does not
keep the clients of another one from theirs."""
import contextlib
import socket
import ssl
import threading

from lib.stack import Stack, equal, make_key, until

# More than may wait for a backend at a time in a worker, of all sites.
VISITORS, THREADS = 1056, 8


def hung():
    """A server whose queue is full, and who is in it."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    waiting = []
    # One that does not arrive is tried for long.
    while True:
        client = socket.socket()
        client.settimeout(0.5)
        waiting.append(client)
        try:
            client.connect(server.getsockname())
        except TimeoutError:
            return server, waiting


class Two(Stack):
    def __init__(self):
        self.server, self.waiting = hung()
        super().__init__(processes=1)
        make_key(self.dir, "hung", host="hung.test")

    def write(self, name, text):
        if name == "frontd.conf":
            address = "127.0.0.1:%d" % self.server.getsockname()[1]
            text = f"""site "hung" {{ names = {{ "hung.test" }} chain = "hung.pem" backend = "{address}"
                       connect-timeout = 60s }}\n""" + text
        if name == "keyd.conf":
            text = text.replace('key "demo" {', 'key "hung" { file = "hung-key.pem" } key "demo" {')
            text = text.replace('keys = { "demo" }', 'keys = { "demo", "hung" }')
        super().write(name, text)

    def visit(self, kept, context):
        sock = self.connect(60)
        kept.append(context.wrap_socket(sock, server_hostname="hung.test"))


def visit(stack, kept, failures):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        for _ in range(VISITORS // THREADS):
            stack.visit(kept, context)
    except OSError as error:
        failures.append(repr(error))


with Two() as stack, contextlib.ExitStack() as at_end:
    kept, failures = [], []
    threads = [threading.Thread(target=visit, args=(stack, kept, failures)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal("handshakes that failed", failures[:3], [])
    until("some visitors were too many", lambda: stack.sessions().count("backend: too many wait") > 0, 60)
    for _ in range(20):
        stack.served()
    equal("backends thought down", "state=down" in stack.log("frontd"), False)
    for client in kept:
        client.close()
