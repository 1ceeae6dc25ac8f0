#!/usr/bin/env python3
"""TLS to a backend: it has to be who it is to be, below the authorities that the
site names; bytes and ends arrive as without; a PROXY header goes before it; what
the client speaks by ALPN the backend is asked for; a cut is not an end."""
import contextlib
import os
import socket
import ssl
import struct
import subprocess
import threading

from lib.stack import BUILD, Stack, equal, make_key, until

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


class TlsBackend:
    """An echo over TLS; header: a PROXY header comes before. It notes what it saw."""

    def __init__(self, directory, name="app", host="app.example", header=False):
        make_key(directory, name, host=host)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{directory}/{name}.pem", f"{directory}/{name}-key.pem")
        self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.context.sni_callback = lambda sock, name, context: self.names.append(name)
        self.header, self.cut, self.names, self.protocols, self.headers = header, False, [], [], []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            client, _ = self.listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, contextlib.suppress(OSError):
            if self.header:
                head = client.recv(16, socket.MSG_WAITALL)
                equal("signature", head[:12], SIGNATURE)
                self.headers.append(client.recv(struct.unpack(">H", head[14:])[0], socket.MSG_WAITALL))
            with self.context.wrap_socket(client, server_side=True) as conn:
                self.protocols.append(conn.selected_alpn_protocol())
                while data := conn.recv(65536):
                    conn.sendall(data)
                    if self.cut:
                        return os.close(conn.detach())
                conn.unwrap()


class Behind(Stack):
    """frontd before a backend that speaks TLS."""

    def __init__(self, words='backend-tls = "app.example" backend-ca = "app.pem"', **backend):
        super().__init__(site=words)
        self.plain, self.backend = self.backend, TlsBackend(self.dir, **backend)


def transfer(conn, size):
    """There and back, as much at a time as all buffers on the way hold."""
    for begin in range(0, size, 100000):
        text, got = os.urandom(min(100000, size - begin)), b""
        conn.sendall(text)
        while len(got) < len(text) and (more := conn.recv(65536)):
            got += more
        equal("what came back", got == text, True)


with Behind() as stack:
    with stack.client() as conn:
        transfer(conn, 10)
        transfer(conn, 3000000)
        conn.unwrap()  # the client's end reaches the backend, and comes back
    equal("the name", set(stack.backend.names), {"app.example"})
    equal("no ALPN of the client's, none to the backend", set(stack.backend.protocols), {None})
    context = ssl.create_default_context(cafile=stack.chain)
    context.set_alpn_protocols(["http/1.1"])
    with context.wrap_socket(stack.connect(), server_hostname="localhost") as conn:
        transfer(conn, 100)
    equal("the client's ALPN", stack.backend.protocols[-1], "http/1.1")
    equal("plaintext connections", stack.sessions().count("backend: "), 0)
    # A backend that is cut off: the client is not told that this was the end.
    stack.backend.cut = True
    with stack.client() as conn:
        conn.sendall(b"and then")
        got = b""
        try:
            while more := conn.recv(100):
                got += more
            raise AssertionError("a cut looks like an end")
        except (ssl.SSLEOFError, ConnectionResetError):
            pass
        equal("what came before the cut", got, b"and then")

with Behind(words='backend-tls = "app.example" backend-ca = "app.pem" proxy-protocol = v2', header=True) as stack:
    stack.served()
    until("a header in plaintext", lambda: any(b"localhost" in head for head in stack.backend.headers))


class Wrong(Behind):
    """A backend that is somebody else."""

    def tried(self):
        with contextlib.suppress(OSError), self.client() as conn:
            conn.sendall(b"x")
            equal("an answer from somebody else", conn.recv(1), b"")
        return any(end.startswith("backend: ") for end in self.sessions())


for what, words in (("another name", 'backend-tls = "other.example" backend-ca = "app.pem"'),
                    ("another authority", 'backend-tls = "app.example" backend-ca = "demo.pem"')):
    with Wrong(words=words) as stack:
        equal(what, [end for end in stack.sessions() if not end.startswith("backend: ")], [])


class Plain(Wrong):
    """TLS is asked for, and the backend speaks none."""

    def __init__(self):
        super().__init__()
        self.backend = self.plain


with Plain() as stack:
    pass

# What cannot be is said with its line.
for words, reason in (('backend-tls = "a"', "backend-tls needs backend-ca|needs backend-ca"),
                      ('backend-ca = "app.pem"', "needs backend-tls"),
                      ('backend-tls = "" backend-ca = "app.pem"', "the name is empty"),
                      ('backend-tls = "a" backend-ca = "app-key.pem"', "private key|no certificate")):
    behind = Behind(words=words)
    behind.write_frontd()
    run = subprocess.run([f"{BUILD}/bin/frontd", "-t", "-f", behind.path("frontd.conf")],
                         capture_output=True, text=True, check=False, cwd=behind.dir)
    equal(words, (run.returncode, any(one in run.stderr for one in reason.split("|"))), (1, True))
    behind.__exit__(None)
