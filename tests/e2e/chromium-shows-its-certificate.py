#!/usr/bin/env python3
"""Chromium at a site that requires a certificate of its clients: it chooses, by
the authorities that the site names, the one of its two that is by them."""
import os
import shutil
import struct
import subprocess
import sys

from lib.proxy import exactly, tlvs
from lib.stack import Stack, equal, needs_root, until

needs_root("its policy, by which it chooses without asking, is mounted over /etc/chromium")
if not os.path.isdir("/etc/chromium"):
    print("chromium is not installed")
    sys.exit(77)

POLICY = r'{"AutoSelectCertificateForUrls": ["{\"pattern\": \"https://localhost\", \"filter\": {}}"]}'


def origin(client):
    """Answers with the common name that the PROXY header tells (0x22)."""
    rest = exactly(client, struct.unpack("!H", exactly(client, 16)[14:])[0])
    told = tlvs(tlvs(rest[12:])[0x20][5:])
    request = b""
    while b"\r\n\r\n" not in request:
        request += client.recv(65536)
    body = b"You are " + told.get(0x22, b"nobody")
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                   b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


class Browsed(Stack):
    def __init__(self):
        super().__init__(serve=origin, processes=1, site='proxy-protocol = v2 client-ca = "ours.pem"')
        self.home = self.path("home")
        self.database = f"sql:{self.home}/.pki/nssdb"
        os.makedirs(f"{self.home}/.pki/nssdb")
        os.makedirs(self.path("etc/policies/managed"))
        self.write("etc/policies/managed/policy.json", POLICY)
        self.does("certutil", "-N", "-d", self.database, "--empty-password")
        for ca, name in ("theirs", "Nobody"), ("ours", "Alice"):
            self.does("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-days", "7", "-subj", f"/CN={ca}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                      "keyUsage=critical,keyCertSign", "-keyout", f"{ca}.key", "-out", f"{ca}.pem")
            self.does("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
            self.write("extensions", "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                                     "extendedKeyUsage=clientAuth\n")
            self.does("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key",
                      "-CAcreateserial", "-days", "7", "-extfile", "extensions", "-out", f"{name}.pem")
            self.does("openssl", "pkcs12", "-export", "-in", f"{name}.pem", "-inkey", f"{name}.key", "-name", name,
                      "-passout", "pass:", "-out", f"{name}.p12")
            self.does("pk12util", "-i", f"{name}.p12", "-d", self.database, "-W", "")

    def does(self, *words):
        subprocess.run(words, check=True, capture_output=True, cwd=self.dir)

    def tried(self):
        return True  # the only client is the browser

    def browse(self):
        # In mounts of its own: the machine's /etc stays as it is.
        script = 'mount --bind "$1" /etc/chromium && shift && exec "$@"'
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", self.path("etc"), shutil.which("chromium"),
             "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--ignore-certificate-errors", f"--user-data-dir={self.path('profile')}", "--dump-dom",
             f"https://localhost:{self.port}/"],
            env={**os.environ, "HOME": self.home}, capture_output=True, text=True, timeout=90, check=False)


with Browsed() as stack:
    run = stack.browse()
    equal(f"what Chromium shows: {run.stdout} {run.stderr[-1000:]}", "You are Alice" in run.stdout, True)
    until("its session's line", lambda: " client=Alice " in stack.log("frontd"))
