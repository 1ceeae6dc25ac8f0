"""Programs that talk to each other in one end-to-end test: one in the background,
whose words are waited for, and one that runs to its end."""
import os
import re
import subprocess
import sys
import threading

from .stack import until

# Debian's openssl.cnf has a least version of its own.
ENVIRONMENT = {**os.environ, "OPENSSL_CONF": "/dev/null"}
SECONDS = 30


class Program:
    """In the background, ended with the block; a server's port is what it says
    when it is ready, or the one that it was told."""

    def __init__(self, *words, ready=None, port=None):
        self.said = ""
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env=ENVIRONMENT)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        if ready:
            try:
                said = self.find(ready)
                self.port = said if port is None else port
            except AssertionError:
                self.__exit__(AssertionError)
                raise

    def listen(self):
        while more := self.process.stdout.read1(65536):
            self.said += more.decode(errors="replace")

    def find(self, pattern):
        """What it says that matches, perhaps only after a while."""
        return self.all(pattern, 1)[0]

    def all(self, pattern, count):
        """All that matches, when there are at least so many."""
        found = lambda: re.findall(pattern, self.said, re.M)
        until(f"{self.process.args[0]} says {pattern} {count} times", lambda: len(found()) >= count, SECONDS)
        return found()

    def say(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def ends(self):
        until(f"{self.process.args[0]} ends", lambda: self.process.poll() is not None, SECONDS)
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.kill()
        self.process.wait()
        self.thread.join()
        if kind is not None:
            print(f"---- {self.process.args}\n{self.said}", file=sys.stderr)


def run(*words, said=b""):
    """Its exit status, and all that it says."""
    ran = subprocess.run(words, input=said, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
                         check=False, env=ENVIRONMENT)
    return ran.returncode, ran.stdout.decode(errors="replace")


def nss_database(folder, chain, key):
    """With the key, by the name rsa, and its certificate, which is trusted."""
    os.mkdir(folder)
    for words in (["certutil", "-N", "-d", folder, "--empty-password"],
                  ["openssl", "pkcs12", "-export", "-in", chain, "-inkey", key, "-name", "rsa", "-passout", "pass:",
                   "-out", f"{folder}/rsa.p12"],
                  ["pk12util", "-i", f"{folder}/rsa.p12", "-d", folder, "-W", ""],
                  ["certutil", "-M", "-d", folder, "-n", "rsa", "-t", "CTu,u,u"]):
        code, said = run(*words)
        if code != 0:
            raise AssertionError(f"{words} said {said}")
