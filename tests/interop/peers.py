"""The other TLS stacks: what they speak, how each is told to be a client or a
server of exactly one cell, and what it then says of the connection.

A peer's client gets standard input from DATA and has to print what comes back;
a peer's server has to answer our client with answer(DATA).
"""
import re
import subprocess

import rows

# 40 kB, so three records, with the line ends that some programs wait for.
LINES = b"".join(b"%d" % n * 13332 + b"\n" for n in range(1, 4))


def output_of(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=20).stdout


class OpenSSL:
    """openssl s_client and s_server, at security level 0."""

    client_name, server_name = "s_client", "s_server"
    # Debian's openssl.cnf has a least version of its own.
    environment = {"OPENSSL_CONF": "/dev/null"}
    data = LINES
    versions = {"1.3": "-tls1_3", "1.2": "-tls1_2", "1.1": "-tls1_1", "1.0": "-tls1"}
    said_versions = {"TLSv1.3": "1.3", "TLSv1.2": "1.2", "TLSv1.1": "1.1", "TLSv1": "1.0"}
    groups = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
    free_port = "0"
    ready = r"^ACCEPT .*:(\d+)$"

    def __init__(self, certificates):
        self.certificates = certificates
        self.spoken = set()
        for version, option in self.versions.items():
            listed = output_of("openssl", "ciphers", "-s", option, "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
            self.spoken |= {(version, line.split()[0]) for line in listed.splitlines()}

    @staticmethod
    def printed(output):
        """Of a client's standard output what it received."""
        return output

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

    def server(self, cell, port):
        command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-rev",
                   "-cert", f"{self.certificates}/{cell.certificate}.pem",
                   "-key", f"{self.certificates}/{cell.certificate}.key",
                   self.versions[cell.version], *self.suite(cell)]
        if cell.group:
            command += ["-groups", self.groups[cell.group]]
        return command

    @staticmethod
    def answer(data):
        return b"".join(line[::-1] + b"\n" for line in data.splitlines())

    server_ended = "CONNECTION CLOSED"

    def said(self, cell, text):
        """What of the cell the peer's words contradict; "" for nothing."""
        version = re.search(r"^Protocol version: (\S+)$", text, re.M)
        suite = re.search(r"^Ciphersuite: (\S+)$", text, re.M)
        if not version or self.said_versions.get(version[1]) != cell.version:
            return f"the peer's version is {version and version[1]}"
        if not suite or suite[1] != cell.suite.called:
            return f"the peer's suite is {suite and suite[1]}"
        return ""


PEERS = {"openssl": OpenSSL}
