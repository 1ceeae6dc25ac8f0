"""Clients that are served again and again, while something else happens."""
import threading

from lib.stack import equal, until


class Load:
    """while this runs: served counts connections, each new and there and back;
    at its end none has failed."""

    def __init__(self, stack, clients):
        self.stack, self.served, self.failures = stack, 0, []
        self.over = threading.Event()
        self.clients = [threading.Thread(target=self.run) for _ in range(clients)]

    def run(self):
        while not self.over.is_set():
            try:
                self.stack.served()
                self.served += 1
            except OSError as error:
                self.failures.append(repr(error))

    def goes_on(self):
        """Waits for connections that begin after this."""
        before = self.served
        until("connections after it", lambda: self.served > before + len(self.clients), 60)

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, kind, *_):
        self.over.set()
        for client in self.clients:
            client.join()
        if kind is None:
            equal("failed connections", self.failures[:5], [])
