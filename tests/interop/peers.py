"""The other TLS stacks: what they speak, how each is told to be a client or a
server of exactly one cell, and what it then says of the connection.

A peer's client gets DATA as standard input and has to print it when it comes
back; a peer's server has to answer the request of our client with the reply.
"""
import os
import re
import subprocess
import sys

import rows

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../e2e"))
from lib.ports import free_port  # noqa: E402

# 40 kB, so three records, with the line ends that some programs wait for.
DATA = b"".join(b"%d" % n * 13332 + b"\n" for n in range(1, 4))


def output_of(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=20).stdout


class Peer:
    environment = {}
    reads_file = False  # its client does not come to the end of a pipe
    gets = False  # its client asks for the data, instead of having it echoed
    leaves_last = True  # its client answers a close_notify
    server_ended = ""  # what its server prints at the end; "": it does not say

    def get(self, path):
        """What asks its server for a file; nothing where it serves none."""
        return b""

    @staticmethod
    def with_options(command, words):
        """The command, and what a row adds to it."""
        return command + words


class OpenSSL(Peer):
    """openssl s_client and s_server, at security level 0."""

    client_name, server_name = "s_client", "s_server"
    # Debian's openssl.cnf has a least version of its own.
    environment = {"OPENSSL_CONF": "/dev/null"}
    request = DATA
    reply = b"".join(line[::-1] + b"\n" for line in DATA.splitlines())
    versions = {"1.3": "-tls1_3", "1.2": "-tls1_2", "1.1": "-tls1_1", "1.0": "-tls1"}
    said_versions = {"TLSv1.3": "1.3", "TLSv1.2": "1.2", "TLSv1.1": "1.1", "TLSv1": "1.0"}
    groups = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
    ready = r"^ACCEPT .*:(\d+)$"
    server_ended = "CONNECTION CLOSED"

    def __init__(self, certificates):
        self.certificates = certificates
        self.spoken = set()
        for version, option in self.versions.items():
            listed = output_of("openssl", "ciphers", "-s", option, "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
            self.spoken |= {(version, line.split()[0]) for line in listed.splitlines()}

    def speaks(self, cell):
        return (cell.version, cell.suite.name) in self.spoken

    def suite(self, cell):
        if cell.version == "1.3":
            return ["-ciphersuites", cell.suite.name]
        return ["-cipher", cell.suite.called + ":@SECLEVEL=0"]

    def client(self, cell, port):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost",
                   "-CAfile", f"{self.certificates}/ca.pem", "-verify_hostname", "localhost",
                   "-verify_return_error", "-brief", "-ign_eof", "-nocommands",
                   self.versions[cell.version], *self.suite(cell)]
        if cell.group:
            # A share for X448 makes our server ask again.
            groups = [self.groups[group] for group in rows.groups_of(cell)]
            command += ["-groups", ":".join(["X448"] * cell.retry + groups)]
        return command

    def server(self, cell):
        command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev",
                   "-cert", f"{self.certificates}/{cell.certificate}.pem",
                   "-key", f"{self.certificates}/{cell.certificate}.key",
                   self.versions[cell.version], *self.suite(cell)]
        if cell.group:
            command += ["-groups", self.groups[cell.group]]
        return command, None

    def said(self, cell, text):
        """What of the cell the peer's words contradict; "" for nothing."""
        version = re.search(r"^(?:Protocol version: |New, )(\S+?)(?:, Cipher is .*)?$", text, re.M)
        suite = re.search(r"^(?:Ciphersuite: |New, \S+, Cipher is )(\S+)$", text, re.M)
        if not version or self.said_versions.get(version[1]) != cell.version:
            return f"the peer's version is {version and version[1]}"
        if not suite or suite[1] != cell.suite.called:
            return f"the peer's suite is {suite and suite[1]}"
        return ""


class GnuTLS(Peer):
    """gnutls-cli and gnutls-serv, told by priority strings."""

    client_name, server_name = "gnutls-cli", "gnutls-serv"
    leaves_last = False
    request = reply = DATA
    ready = r"IPv4 .*\.\.\.done"

    def __init__(self, certificates):
        self.certificates = certificates
        listed = output_of("gnutls-cli", "-l")
        suites = re.findall(r"^TLS_\S+\s+0x(..), 0x(..)\s+TLS(1\..)$", listed, re.M)
        # The version in the list is the first that has the suite.
        self.since = {(high + low).upper(): version for high, low, version in suites}
        self.versions = set(re.findall(r"VERS-TLS(1\.\d)", listed))

    def speaks(self, cell):
        since = self.since.get(cell.suite.number)
        return since is not None and cell.version in self.versions and (
            cell.version >= since if cell.version != "1.3" else since == "1.3")

    @staticmethod
    def with_options(command, words):
        """A word with % belongs to the priority string; others stand before the host."""
        extra = "".join(":" + word for word in words if word[0] == "%")
        command = [word + extra if word.startswith("NORMAL:") else word for word in command]
        return command[:1] + [word for word in words if word[0] != "%"] + command[1:]

    @staticmethod
    def parts(cell):
        """Key exchange, cipher and MAC in GnuTLS' words."""
        exchange, _, rest = cell.suite.name[4:].rpartition("_WITH_")
        cipher = re.match(r"AES_\d+_GCM|AES_\d+_CBC|CHACHA20_POLY1305|3DES|RC4", rest)[0]
        mac = "AEAD"
        if not re.search("GCM|CHACHA", cipher):
            mac = {"SHA": "SHA1"}.get(rest.rpartition("_")[2], rest.rpartition("_")[2])
        cipher = {"3DES": "3DES-CBC", "RC4": "ARCFOUR-128"}.get(cipher, cipher.replace("_", "-"))
        return exchange.replace("_", "-"), cipher, mac

    def priority(self, cell, groups):
        exchange, cipher, mac = self.parts(cell)
        words = ["NORMAL:-VERS-ALL", f"+VERS-TLS{cell.version}", "-CIPHER-ALL", f"+{cipher}",
                 "-MAC-ALL", f"+{mac}", "-SIGN-ALL", "+SIGN-ALL"]
        if exchange:
            words += ["-KX-ALL", f"+{exchange}"]
        if cell.group:
            words += ["-GROUP-ALL", *("+GROUP-" + group.upper() for group in groups)]
        return ":".join(words)

    def client(self, cell, port):
        groups = ["x448"] * cell.retry + rows.groups_of(cell)
        return ["gnutls-cli", "--single-key-share", "--logfile", "/dev/stderr",
                "--x509cafile", f"{self.certificates}/ca.pem", "--sni-hostname", "localhost",
                "--verify-hostname", "localhost", "--priority", self.priority(cell, groups),
                "-p", port, "127.0.0.1"]

    def server(self, cell):
        port = str(free_port())
        return ["gnutls-serv", "--echo", "--disable-client-cert", "-p", port,
                "--x509certfile", f"{self.certificates}/{cell.certificate}.pem",
                "--x509keyfile", f"{self.certificates}/{cell.certificate}.key",
                "--priority", self.priority(cell, [cell.group])], port

    def said(self, cell, text):
        exchange, cipher, mac = self.parts(cell)
        described = re.search(r"^- Description: (\(.*\))$", text, re.M)
        wanted = [rf"\(TLS{cell.version}[^)]*\)"]
        if exchange.startswith("ECDHE") or not exchange:
            wanted.append(rf"\(ECDHE-{(cell.group or '[^)]*').upper()}\)")
        else:
            wanted.append(r"\(DHE-[^)]*\)" if exchange == "DHE-RSA" else r"\(RSA\)")
        wanted += [r"(\([^)]*\))?", rf"\({cipher}\)"]  # the signature, if there is one
        if mac != "AEAD":
            wanted.append(rf"\({mac}\)")
        if not described or not re.fullmatch("".join(wanted), described[1].replace(")-(", ")(")):
            return f"the peer describes {described and described[1]}"
        return ""


class NSS(Peer):
    """tstclnt and selfserv, the last to speak SSLv3 and RC4."""

    client_name, server_name = "tstclnt", "selfserv"
    reads_file = True
    ready = r"About to call accept"
    # selfserv keeps a request of 10 kB at most, and answers with a file.
    reply = (b"HTTP/1.0 200 OK\r\nServer: Generic Web Server\r\nDate: Tue, 26 Aug 1997 22:10:05 GMT\r\n"
             b"Content-type: text/plain\r\n\r\n" + DATA)
    server_ended = r"PR_TransmitFile wrote"
    versions = {"1.3": "tls1.3", "1.2": "tls1.2", "1.1": "tls1.1", "1.0": "tls1.0", "SSLv3": "ssl3"}
    said_versions = {"1.3": "3.4", "1.2": "3.3", "1.1": "3.2", "1.0": "3.1", "SSLv3": "3.0"}
    sizes = {"x25519": 255, "secp256r1": 256, "secp384r1": 384, "secp521r1": 521}
    groups = {"x25519": "x25519", "secp256r1": "P256", "secp384r1": "P384", "secp521r1": "P521"}
    macs = {"MD5": "128-bit MD5", "SHA": "160-bit SHA1", "SHA256": "256-bit SHA256", "SHA384": "384-bit SHA384"}

    def __init__(self, certificates):
        self.certificates = certificates
        self.database = f"{certificates}/nss"
        self.request = self.get(f"{self.database}/data", 10000)
        self.known = {}
        os.mkdir(self.database)
        with open(f"{self.database}/data", "wb") as file:
            file.write(DATA)
        # Where there is a certificate tstclnt finds it, asked for or not.
        os.mkdir(f"{self.database}-none")
        for database in self.database, f"{self.database}-none":
            output_of("certutil", "-N", "-d", database, "--empty-password")
            output_of("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i", f"{certificates}/ca.pem")
        for name in [*rows.CURVES, "rsa", "pss"]:
            pair = f"{self.database}/{name}.p12"
            output_of("openssl", "pkcs12", "-export", "-in", f"{certificates}/{name}.pem",
                      "-inkey", f"{certificates}/{name}.key", "-name", name, "-passout", "pass:", "-out", pair)
            output_of("pk12util", "-i", pair, "-d", self.database, "-W", "")

    def get(self, path, filler=0):
        return b"GET %s HTTP/1.0\r\nX: %s\r\n\r\n" % (path.encode(), b"x" * filler)

    def speaks(self, cell):
        # There is no list. A suite that it has leads to an attempt to connect.
        number = cell.suite.number
        if number not in self.known:
            tried = subprocess.run(["tstclnt", "-D", "-h", "127.0.0.1", "-p", str(free_port()), "-c", ":" + number],
                                   stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False)
            self.known[number] = "UNKNOWN_CIPHER_SUITE" not in tried.stderr
        return self.known[number]

    def common(self, cell, first):
        version = self.versions[cell.version]
        command = ["-d", self.database, "-V", f"{version}:{version}", "-c", ":" + cell.suite.number, "-v"]
        if cell.group:
            command += ["-I", ",".join(first + [self.groups[group] for group in rows.groups_of(cell)])]
        if cell.certificate == "pss":  # which is off by default; the other is the CA's
            command += ["-J", "rsa_pss_pss_sha256,ecdsa_secp256r1_sha256"]
        return command

    def client(self, cell, port):
        # A share for a group of RFC 7919 makes our server ask again.
        return ["tstclnt", "-4", "-h", "localhost", "-p", port, *self.common(cell, ["FF2048"] * cell.retry)]

    def server(self, cell):
        option = "-e" if cell.certificate in rows.CURVES else "-n"
        port = str(free_port())
        return ["selfserv", "-p", port, option, cell.certificate, "-H", "1",
                *self.common(cell, [])], port

    def said(self, cell, text):
        exchange, _, rest = cell.suite.name[4:].rpartition("_WITH_")
        words = rest.split("_")
        if "GCM" in words or "CHACHA20" in words:
            cipher, mac = ("256-bit CHACHA20POLY1305", f"{words[1]}-bit AES-GCM")["GCM" in words], "128-bit AEAD"
        else:
            cipher = f"{words[1]}-bit {words[0]}" if words[0] != "3DES" else r"\d+-bit 3DES"
            mac = self.macs[words[-1]]
        size = self.sizes.get(cell.group, r"\d+")
        wanted = [f"SSL version {self.said_versions[cell.version]} using {cipher} with {mac} MAC",
                  f"Key Exchange: {size}-bit {exchange.partition('_')[0] or 'TLS 1.3'}\n"]
        for line in wanted:
            if not re.search(line, text):
                return f"the peer does not say {line!r}"
        return ""


class Curl(Peer):
    """curl, which is OpenSSL's library in other hands, as a client that asks."""

    client_name, server_name = "curl", None
    gets = True
    request = b""
    versions = {"1.3": "TLSv1.3", "1.2": "TLSv1.2", "1.1": "TLSv1.1", "1.0": "TLSv1.0"}

    def __init__(self, certificates):
        self.certificates = certificates
        self.speaks, self.groups = OpenSSL(certificates).speaks, OpenSSL.groups
        self.environment = OpenSSL.environment

    def client(self, cell, port):
        suite = ["--tls13-ciphers", cell.suite.name]
        if cell.version != "1.3":
            suite = ["--ciphers", cell.suite.called + ":@SECLEVEL=0"]
        command = ["curl", "-sSv", "--cacert", f"{self.certificates}/ca.pem", "--tlsv" + cell.version,
                   "--tls-max", cell.version, *suite, "--resolve", f"localhost:{port}:127.0.0.1",
                   f"https://localhost:{port}/"]
        if cell.group:
            groups = ["X448"] * cell.retry + [self.groups[group] for group in rows.groups_of(cell)]
            command += ["--curves", ":".join(groups)]
        return command

    def said(self, cell, text):
        said = re.search(r"SSL connection using (\S+) / (\S+)", text)
        version = self.versions[cell.version].removesuffix(".0")
        if not said or said[1].removesuffix(".0") != version or said[2] != cell.suite.called:
            return f"the peer says {said and said[0]}"
        return ""


PEERS = {"openssl": OpenSSL, "gnutls": GnuTLS, "nss": NSS, "curl": Curl}
