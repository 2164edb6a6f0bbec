"""A proxy that damages a stream once, at a byte: for tests of what a broken network does. An address is the path of a unix
socket or (host, port); port 0 listens on a free one."""
import os
import socket
import threading
import time

DOWN, UP = "down", "up"  # from the server; to the server


def stream(address):
    return socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)


class Toxic:
    """Passes bytes between `listen` and `target`. Byte number `at` (counted over all connections) of `direction` sets the
    toxin off, once:
      pass       nothing
      cut        that connection is closed, without the byte
      garble     one bit of the byte is flipped
      blackhole  from here on no connection passes anything, and none is closed
      call       `action` is called, and the byte is passed
    `bytes_per_second` slows everything down, from the start. `passed` counts the bytes of each direction."""

    def __init__(self, listen, target, toxin="pass", direction=DOWN, at=0, bytes_per_second=None, action=None):
        self.target, self.toxin, self.direction, self.at = target, toxin, direction, at
        self.rate, self.action = bytes_per_second, action
        self.passed = {DOWN: 0, UP: 0}
        self.fired = False
        self.lock = threading.Lock()
        self.sockets = []
        self.server = stream(listen)
        self.server.bind(listen)
        self.server.listen(16)
        self.address = self.server.getsockname()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
                upstream = stream(self.target)
                upstream.connect(self.target)
            except OSError:  # closed
                return
            self.sockets += [client, upstream]
            threading.Thread(target=self.pump, args=(client, upstream, UP), daemon=True).start()
            threading.Thread(target=self.pump, args=(upstream, client, DOWN), daemon=True).start()

    def poison(self, data, direction):
        """The bytes to pass on, and whether the connection goes on."""
        with self.lock:
            if self.fired and self.toxin == "blackhole":
                return b"", True
            before = self.passed[direction]
            self.passed[direction] += len(data)
            offset = self.at - before
            if self.toxin == "pass" or self.fired or direction != self.direction or not 0 <= offset < len(data):
                return data, True
            self.fired = True
            if self.toxin == "garble":
                return data[:offset] + bytes([data[offset] ^ 0x40]) + data[offset + 1:], True
            if self.toxin == "call":
                self.action()
                return data, True
            return data[:offset], self.toxin == "blackhole"

    def pump(self, source, sink, direction):
        try:
            while data := source.recv(4096 if self.rate else 65536):
                if self.rate:
                    time.sleep(len(data) / self.rate)
                data, goes_on = self.poison(data, direction)
                sink.sendall(data)
                if not goes_on:
                    break
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)  # wakes accept up
        self.server.close()
        for end in self.sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        if isinstance(self.address, str):
            os.unlink(self.address)
