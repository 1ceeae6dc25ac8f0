#!/usr/bin/env python3
"""TLS to a backend that demands a certificate: the site's backend-certificate is
shown, and its key is in keyd, whose configuration lets the account of frontd be a
client of others with it. Against Python and nginx, in TLS 1.3 and 1.2; also after a signer's death. Without the client in keyd.conf there is no
proof, and a reload of keyd's brings it."""
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading

from lib.ports import free_port
from lib.program import Program
from lib.stack import Stack, equal, make_key, until

CLIENT = 'client "outwards" { uid = "%d" keys = { "own" } role = client }'
TLS = {"1.3": ssl.TLSVersion.TLSv1_3, "1.2": ssl.TLSVersion.TLSv1_2}


class Demanding:
    """An echo over TLS for who has shown a certificate; names: whose."""

    def __init__(self, directory):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{directory}/app.pem", f"{directory}/app-key.pem")
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.load_verify_locations(f"{directory}/own.pem")
        self.names, self.versions = [], []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, contextlib.suppress(OSError):
            with self.context.wrap_socket(client, server_side=True) as conn:
                self.names.append(conn.getpeercert()["subject"][0][0][1])
                self.versions.append(conn.version())
                while data := conn.recv(65536):
                    conn.sendall(data)
                conn.unwrap()


class Known(Stack):
    """frontd with a certificate of its own for backends, own.pem."""

    def __init__(self, kind="EC", client=CLIENT, backend=Demanding):
        self.client_words = client % os.geteuid() if client else ""
        super().__init__(site='backend-tls = "app.example" backend-ca = "app.pem" backend-certificate = "own.pem"')
        make_key(self.dir, "app", host="app.example")
        make_key(self.dir, "own", host="we.example", kind=kind)
        self.backend = backend(self.dir)

    def write(self, name, text):
        if name == "keyd.conf":
            self.text = text
            self.write_keyd(self.client_words)
        else:
            super().write(name, text)

    def write_keyd(self, words):
        super().write("keyd.conf", self.text + f"""
            signer-group "outwards" {{ key "own" {{ file = "own-key.pem" }} }}
            {words}
            """)


with Known() as stack:
    for version, number in TLS.items():
        stack.backend.context.maximum_version = number
        stack.served()
        equal("the version", stack.backend.versions[-1], f"TLSv{version}")
    equal("who has come", set(stack.backend.names), {"we.example"})
    before = stack.pids("keyd-signer")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until("all signers are others", lambda: len(stack.pids("keyd-signer")) == len(before)
          and not set(before) & set(stack.pids("keyd-signer")), 30)
    until("it is served again", stack.tried, 30)


class Unknown(Known):
    """keyd does not let us be a client of others, at first."""

    def __init__(self):
        super().__init__(client=None)

    def tried(self):
        with contextlib.suppress(OSError):
            with self.client() as conn:
                conn.sendall(b"x")
                equal("an answer without a proof", conn.recv(1), b"")
        return "event=keyd-refused request=79 reason=" in self.log("frontd")


with Unknown() as stack:
    equal("nobody was let in", stack.backend.names, [])
    # A start waits for no key, but a reload takes none over that is lacking.
    stack.frontd.send_signal(signal.SIGHUP)
    until("a refusal", lambda: "event=reload result=refused" in stack.log("frontd"), 60)
    equal("which key it is about", 'site "demo": keyd has no key for its backend-certificate' in stack.log("frontd"), True)
    stack.write_keyd(CLIENT % os.geteuid())
    os.kill(stack.keyd.pid, signal.SIGHUP)
    until("keyd has reloaded", lambda: "event=reload result=done" in stack.log("keyd"))
    until("it is served", lambda: Stack.tried(stack))
    equal("who has come", set(stack.backend.names), {"we.example"})
    stack.frontd.send_signal(signal.SIGHUP)
    until("a reload", lambda: "event=reload result=done" in stack.log("frontd"), 60)
    stack.served()


class Nginx:
    """nginx, which says whose certificate it was shown."""

    def __init__(self, directory):
        port = free_port()
        with open(f"{directory}/nginx.conf", "w", encoding="ascii") as file:
            file.write(f"""
                daemon off; master_process off; pid {directory}/nginx.pid; error_log stderr notice;
                events {{ }}
                http {{
                    access_log off;
                    client_body_temp_path {directory}/a; proxy_temp_path {directory}/b; fastcgi_temp_path {directory}/c;
                    uwsgi_temp_path {directory}/d; scgi_temp_path {directory}/e;
                    server {{
                        listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.3; server_name app.example;
                        ssl_certificate {directory}/app.pem; ssl_certificate_key {directory}/app-key.pem;
                        ssl_client_certificate {directory}/own.pem; ssl_verify_client on;
                        return 200 "$ssl_client_verify $ssl_client_s_dn $ssl_protocol";
                    }}
                }}
                """)
        self.program = Program("nginx", "-p", directory, "-c", f"{directory}/nginx.conf", "-e", "stderr",
                               ready="start worker|using the", port=port)
        self.address = f"127.0.0.1:{port}"


class Curled(Known):
    def get(self):
        return subprocess.run(["curl", "-sS", "--cacert", self.chain, "--connect-to", f"localhost:443:127.0.0.1:{self.port}",
                               "https://localhost/"], capture_output=True, text=True, timeout=30, check=False).stdout

    def tried(self):
        return self.get() != ""


if shutil.which("nginx"):
    with Curled(kind="RSA", backend=Nginx) as stack, stack.backend.program:
        equal("nginx has seen", stack.get(), "SUCCESS CN=we.example TLSv1.3")
        until("that is no failure of the backend's", lambda: any(end.startswith("closed") for end in stack.sessions()))
else:
    print("note: nginx is not installed: not tried as a backend that demands certificates")
