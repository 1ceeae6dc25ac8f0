#!/usr/bin/env python3
"""What frontd tells of a client by PROXY headers, and who understands it. A Python
origin finds in version 2 what the client has: each TLV of TLS, with and without
a client certificate; HAProxy takes version 2, with the name in its TLV, and nginx
both versions. The clients are Python's, curl and, for HTTP/2, h2load and Chromium."""
import concurrent.futures
import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess

from lib.ports import free_port
from lib.program import Program
from lib.proxy import exactly, tlvs
from lib.stack import Stack, equal, make_key, until

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
REQUESTS, CLIENTS = 200, 8


def http(client, body):
    request = b""
    while b"\r\n\r\n" not in request:
        request += client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def version2(client):
    """All that the header says, as JSON."""
    fixed = exactly(client, 16)
    equal("the signature, version and family", fixed[:14], SIGNATURE + b"\x21\x11")
    rest = exactly(client, struct.unpack("!H", fixed[14:])[0])
    outer = tlvs(rest[12:])
    tls = outer[0x20]
    told = {"peer": [socket.inet_ntoa(rest[:4]), *struct.unpack("!H", rest[8:10])],
            "local": [socket.inet_ntoa(rest[4:8]), *struct.unpack("!H", rest[10:12])],
            "client": tls[0], "verify": struct.unpack("!I", tls[1:5])[0],
            "outer": {f"{kind:#x}": value.decode() for kind, value in outer.items() if kind in (0x01, 0x02)},
            "inner": {f"{kind:#x}": value.hex() if kind == 0x28 else value.decode()
                      for kind, value in tlvs(tls[5:]).items()}}
    http(client, json.dumps(told).encode())


def version1(client):
    line = b""
    while not line.endswith(b"\r\n"):
        line += client.recv(1)
    http(client, line)


class Named(Stack):
    """Clients may show a certificate, alice.pem."""

    def __init__(self, proxy, **words):
        super().__init__(site=f"proxy-protocol = {proxy}", listen='client-ca = "alice.pem" client-auth = optional',
                         **words)
        self.alice_key, self.alice = make_key(self.dir, "alice", host="Alice")

    def talk(self, certificate=False, alpn=None, **context):
        """One request: the answer's body, and the connection as the client sees it."""
        ctx = ssl.create_default_context(cafile=self.chain)
        for word, value in context.items():
            setattr(ctx, word, value)
        if alpn:
            ctx.set_alpn_protocols([alpn])
        if certificate:
            ctx.load_cert_chain(self.alice, self.alice_key)
        with ctx.wrap_socket(self.connect(), server_hostname="localhost") as conn:
            conn.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            while more := conn.recv(65536):
                answer += more
            return answer.partition(b"\r\n\r\n")[2], {
                "peer": list(conn.getsockname()), "version": conn.version(), "cipher": conn.cipher()[0],
                "alpn": conn.selected_alpn_protocol()}

    def tried(self):
        try:
            return self.talk()[0] != b""
        except OSError:
            return False

    def told(self, certificate=False, **context):
        """The header, whose parts are those of the connection."""
        body, seen = self.talk(certificate, **context)
        told = json.loads(body)
        equal("the addresses", (told["peer"], told["local"]), (seen["peer"], ["127.0.0.1", self.port]))
        equal("ALPN", told["outer"].get("0x1"), seen["alpn"])
        equal("the name", told["outer"]["0x2"], "localhost")
        equal("the version", told["inner"]["0x21"], seen["version"])
        return told, seen


def der(path):
    with open(path, encoding="ascii") as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


with Named("v2", serve=version2) as stack:
    told, seen = stack.told()
    equal("over TLS, without a certificate", (told["client"], told["verify"]), (1, 1))
    equal("the suite", told["inner"]["0x23"], seen["cipher"])
    equal("how our key has signed", told["inner"]["0x24"].startswith("ecdsa"), True)
    equal("nobody's name, and no certificate", {"0x22", "0x28"} & set(told["inner"]), set())
    told, seen = stack.told(certificate=True, alpn="http/1.1")
    equal("a protocol", seen["alpn"], "http/1.1")
    # PP2_CLIENT_SSL, _CERT_CONN and _CERT_SESS.
    equal("a verified certificate", (told["client"], told["verify"]), (7, 0))
    equal("its common name", told["inner"]["0x22"], "Alice")
    equal("and itself", told["inner"]["0x28"], der(stack.alice).hex())
    told, seen = stack.told(certificate=True, maximum_version=ssl.TLSVersion.TLSv1_2)
    equal("in TLS 1.2", (seen["version"], told["inner"]["0x22"], told["inner"]["0x28"] == der(stack.alice).hex()),
          ("TLSv1.2", "Alice", True))
    equal("the suite in TLS 1.2", told["inner"]["0x23"].startswith("TLS_") or told["inner"]["0x23"] == seen["cipher"],
          True)

with Named("v1", serve=version1) as stack:
    body, seen = stack.talk()
    equal("version 1", body.decode(), f"PROXY TCP4 127.0.0.1 127.0.0.1 {seen['peer'][1]} {stack.port}\r\n")


def haproxy(directory, port2, port1):
    with open(f"{directory}/haproxy.cfg", "w", encoding="ascii") as file:
        file.write(f"""
            defaults
              mode http
              timeout client 30s
              timeout server 30s
              timeout connect 5s
            frontend f
              bind 127.0.0.1:{port2} accept-proxy proto h2
              bind 127.0.0.1:{port1} accept-proxy
              http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst_port] %[fc_pp_authority] %HV"
            \n""")
    return "haproxy", "-db", "-f", f"{directory}/haproxy.cfg"


def nginx(directory, port2, port1):
    with open(f"{directory}/nginx.conf", "w", encoding="ascii") as file:
        file.write(f"""
            daemon off; master_process off; pid {directory}/nginx.pid; error_log stderr crit;
            events {{ }}
            http {{
                access_log off;
                client_body_temp_path {directory}/a; proxy_temp_path {directory}/b; fastcgi_temp_path {directory}/c;
                uwsgi_temp_path {directory}/d; scgi_temp_path {directory}/e;
                server {{
                    listen 127.0.0.1:{port2} proxy_protocol http2; listen 127.0.0.1:{port1} proxy_protocol;
                    default_type text/plain;
                    return 200 "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_port $host $server_protocol";
                }}
            }}
            """)
    return "nginx", "-p", directory, "-c", f"{directory}/nginx.conf", "-e", "stderr"


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Before(Named):
    """Before a server that is somebody else's: HTTP/1.1, or HTTP/2, by ALPN."""

    def __init__(self, make, proxy):
        super().__init__(proxy)
        # Somebody else may take a port that was free.
        for _ in range(5):
            self.ports = free_port(), free_port()
            self.program = Program(*make(self.dir, *self.ports))
            until("it listens, or has ended", lambda: all(map(accepts, self.ports))
                  or self.program.process.poll() is not None, 60)
            if self.program.process.poll() is None:
                return
        raise AssertionError(self.program.said)

    def write(self, name, text):
        if name == "frontd.conf":
            text = text.replace(self.backend.address, f"127.0.0.1:{self.ports[0 if self.h2 else 1]}")
            text = text.replace('alpn = { "http/1.1" }', 'alpn = { "%s" }' % ("h2" if self.h2 else "http/1.1"))
        super().write(name, text)

    h2 = False

    def curl(self):
        return subprocess.run(["curl", "-sS", "--cacert", self.chain, "-w", " %{local_port}", "--connect-to",
                               f"localhost:443:127.0.0.1:{self.port}", "https://localhost/"],
                              capture_output=True, text=True, timeout=30, check=False).stdout

    def tried(self):
        return self.h2 or self.curl().startswith("127.0.0.1 ")


class Before2(Before):
    h2 = True


def h2load(stack):
    said = subprocess.run(["h2load", "-n", str(REQUESTS), "-c", str(CLIENTS), "-m", "4",
                           f"https://localhost:{stack.port}/"], capture_output=True, text=True, timeout=60,
                          check=False).stdout
    equal(f"h2load: {said}", f"{REQUESTS} succeeded, 0 failed, 0 errored" in said and "h2" in said, True)


def chromium(stack):
    """The words of the page that it shows."""
    run = subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--ignore-certificate-errors", f"--user-data-dir={stack.path('profile')}", "--dump-dom",
         f"https://localhost:{stack.port}/"], env={**os.environ, "HOME": stack.dir}, capture_output=True, text=True,
        timeout=90, check=False)
    words = re.sub("<[^>]*>", "", run.stdout).split()
    equal(f"words on the page: {run.stdout} {run.stderr[-1000:]}", len(words), 5)
    return words


for make, proxy, kind in ((haproxy, "v2", Before), (haproxy, "v2", Before2), (nginx, "v1", Before),
                          (nginx, "v2", Before2)):
    needed = [make.__name__, *(["h2load", "chromium"] if kind is Before2 else [])]
    if missing := [name for name in needed if not shutil.which(name)]:
        print(f"note: not installed: {' '.join(missing)}: PROXY headers were not tried with it")
        continue
    what = f"{make.__name__}, {proxy}"
    with kind(make, proxy) as stack, stack.program:
        if kind is Before2:
            h2load(stack)
            shown = chromium(stack)
            equal(f"{what}: what Chromium shows", shown[:1] + shown[2:],
                  ["127.0.0.1", str(stack.port), "localhost", "HTTP/2.0"])
            continue
        answer = stack.curl().split()
        equal(f"{what}: what curl shows", answer[:-1],
              ["127.0.0.1", answer[-1], str(stack.port), "localhost", "HTTP/1.1"])
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(lambda _: stack.curl().split(), range(2 * CLIENTS)))
        equal("each its own", [answer[1] == answer[-1] for answer in answers], 2 * CLIENTS * [True])
