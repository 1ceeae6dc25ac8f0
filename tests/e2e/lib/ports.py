"""Ports for programs that cannot be told to choose one and say which."""
import random
import socket

# Below those that Linux gives to connections (net.ipv4.ip_local_port_range): no
# connection of another test takes one of these before its program binds it.
PORTS = range(20000, 32000)


def free_port():
    """Nobody has it on any address, IPv4 or IPv6, for the moment."""
    while True:
        port = random.choice(PORTS)
        try:
            with socket.socket() as one:
                one.bind(("", port))
            if socket.has_dualstack_ipv6():
                with socket.socket(socket.AF_INET6) as one:
                    one.bind(("", port))
            return port
        except OSError:
            continue
