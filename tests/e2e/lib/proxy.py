"""The PROXY header, version 2, as a backend reads it."""
import struct


def exactly(client, size):
    data = b""
    while len(data) < size:
        more = client.recv(size - len(data))
        if not more:
            raise OSError("it ended")
        data += more
    return data


def tlvs(data):
    """Type-length-values by their type."""
    found = {}
    while data:
        kind, size = struct.unpack("!BH", data[:3])
        found[kind], data = data[3:3 + size], data[3 + size:]
    return found
