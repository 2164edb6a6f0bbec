"""A minimal RESP2 client for tests and benchmarks: no package to install, no code shared with git-qsnap."""
import itertools
import socket


def encode(*args):
    parts = [a if isinstance(a, bytes) else str(a).encode() for a in args]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


class Redis:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)
        self.file = self.sock.makefile("rb")

    def __call__(self, *args):
        self.sock.sendall(encode(*args))
        return self.reply()

    def reply(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]

    def ask(self, commands):
        """Sends many commands, a thousand at a time, and hands over their replies in order."""
        commands = iter(commands)
        while batch := list(itertools.islice(commands, 1000)):
            self.sock.sendall(b"".join(encode(*command) for command in batch))
            for _ in batch:
                yield self.reply()

    def pipeline(self, commands):
        """Sends many commands and forgets their replies."""
        for _ in self.ask(commands):
            pass

    def scan(self):
        cursor, found = b"0", []
        while True:
            cursor, page = self("SCAN", cursor, "COUNT", 1000)
            found += page
            if cursor == b"0":
                return sorted(set(found))
