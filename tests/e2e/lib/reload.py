"""What the scripts about reloads of frontd share."""
import os
import signal
import subprocess

from lib.stack import Stack, until


class Reloading(Stack):
    """Its configuration can be written anew while it runs."""

    def __init__(self, **words):
        super().__init__(**words)
        self.more = ""  # of frontd.conf, after everything else

    def write_frontd(self):
        super().write_frontd()
        self.rewrite()

    def rewrite(self, processes=None, more=None):
        """The file as it is, but for these; the port stays."""
        if more is not None:
            self.more = more
        if processes is not None:
            self.processes = processes
        self.write("frontd.conf", f"""
            worker {{ processes = {self.processes} drain-timeout = 1h }}
            keyd-socket = "keyd.sock"
            {self.words}
            site "demo" {{
                names = {{ "localhost" }} chain = "demo.pem" alpn = {{ "http/1.1" }}
                backend = "{self.backend.address}" {self.site}
            }}
            listen "127.0.0.1:{self.port}" {{ default = "demo" {self.listen} }}
            {self.more}
            """)

    def renew_chain(self, name):
        """Another certificate of the same key, which clients trust besides those before."""
        subprocess.run(
            ["openssl", "req", "-x509", "-new", "-key", self.key, "-days", "7", "-subj",
             f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-out", self.path("demo.pem")],
            check=True, capture_output=True)
        with open(self.path("demo.pem"), encoding="utf-8") as file, \
                open(self.path("trust.pem"), "a", encoding="utf-8") as trust:
            trust.write(file.read())
        self.chain = self.path("trust.pem")

    def shown(self):
        """The common name in the certificate that a new connection is shown."""
        with self.client() as client:
            return client.getpeercert()["subject"][0][0][1]

    def reload(self, result="done"):
        """Reloads, and waits for how that ends."""
        before = self.log("frontd").count("event=reload ")
        os.kill(self.frontd.pid, signal.SIGHUP)
        until("the reload ends", lambda: self.log("frontd").count("event=reload ") > before, 60)
        last = [line for line in self.log("frontd").splitlines() if "event=reload " in line][-1]
        if f"result={result} " not in last:
            raise AssertionError(f"not {result}: {last}")
