#!/usr/bin/env python3
"""A site whose backend takes no connection, and which everybody visits, does not
keep the clients of another one from theirs; nor do the sites of a directory that
have such a backend, which count as one."""
import contextlib
import os
import socket
import ssl
import subprocess
import threading

from lib.stack import Stack, equal, make_key, until

# More than may wait for a backend at a time in a worker, of all sites.
VISITORS, THREADS = 1056, 8
WAITING = 1024
HUNG = "hung.test", "too.test"


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
        make_key(self.dir, "hung", host=HUNG[0])
        os.mkdir(self.path("live"))
        os.rename(self.path("hung.pem"), self.path("live/hung.pem"))
        subprocess.run(
            ["openssl", "req", "-x509", "-new", "-key", self.path("hung-key.pem"), "-days", "7", "-subj", "/CN=too",
             "-addext", f"subjectAltName=DNS:{HUNG[1]}", "-out", self.path("live/too.pem")],
            check=True, capture_output=True)

    def write(self, name, text):
        if name == "frontd.conf":
            address = "127.0.0.1:%d" % self.server.getsockname()[1]
            text = f"""sites "hung" {{ chains = "live" backend = "{address}" connect-timeout = 60s }}\n""" + text
        if name == "keyd.conf":
            text = text.replace('key "demo" {', 'key "hung" { file = "hung-key.pem" } key "demo" {')
            text = text.replace('keys = { "demo" }', 'keys = { "demo", "hung" }')
        super().write(name, text)

    def visit(self, kept, context, host):
        sock = self.connect(60)
        kept.append(context.wrap_socket(sock, server_hostname=host))


def visit(stack, kept, failures, host):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        for _ in range(VISITORS // THREADS):
            stack.visit(kept, context, host)
    except OSError as error:
        failures.append(repr(error))


with Two() as stack, contextlib.ExitStack() as at_end:
    kept, failures = [], []
    threads = [threading.Thread(target=visit, args=(stack, kept, failures, HUNG[i % 2]))
               for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal("handshakes that failed", failures[:3], [])
    # Half of those who may wait, whichever of the two they visit.
    until("some visitors were too many",
          lambda: stack.sessions().count("backend: too many wait") >= VISITORS - WAITING // 2, 60)
    for _ in range(20):
        stack.served()
    equal("backends thought down", "state=down" in stack.log("frontd"), False)
    for client in kept:
        client.close()
