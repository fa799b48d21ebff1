# listen.pl in Python, for hosts without perl. It prints the same lines.
import ctypes
import errno
import os
import select
import signal
import socket
import struct
import sys

env = os.environ


def end(*_):
    os._exit(0)


def report(*words):
    sys.stdout.write('|'.join(str(word) for word in words) + '\n')
    sys.stdout.flush()


for name in ('SIGTERM', 'SIGINT', 'SIGHUP', 'SIGALRM', 'SIGPIPE'):
    signal.signal(getattr(signal, name), end)
signal.alarm(int(env['CHECK_SECONDS']))


def bound(family, kind, port):
    try:
        sock = socket.socket(family, kind)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(('', port))
        if kind == socket.SOCK_STREAM:
            sock.listen(128)
        return sock, 'bound'
    except OSError as error:
        return None, 'taken' if error.errno == errno.EADDRINUSE else os.strerror(error.errno)


def keep_out(sock, family):
    start = [(0x20, 0, 0, 8)] if family == socket.AF_INET6 else [(0xb1, 0, 0, 0), (0x40, 0, 0, 8)]
    code = start + [(0x15, 0, 1, 0x74736d61), (0x06, 0, 0, 0xffff), (0x06, 0, 0, 0)]
    text = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *each) for each in code))
    sock.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HL', len(code), ctypes.addressof(text)))


tcp, raw, kept, seen = [], {}, [], set()
for number in env['CHECK_FAMILIES'].split():
    family = socket.AF_INET6 if number == '6' else socket.AF_INET
    for name, kind in (('tcp', socket.SOCK_STREAM), ('udp', socket.SOCK_DGRAM)):
        for port in env['CHECK_' + name.upper()].split():
            sock, state = bound(family, kind, int(port))
            report('port', name + '/' + port, state)
            if sock:
                (tcp if name == 'tcp' else kept).append(sock)
    for protocol, name in ((17, 'udp'), (50, 'esp')):
        if protocol == 50 and not env['CHECK_ESP']:
            continue
        try:
            sock = socket.socket(family, socket.SOCK_RAW, protocol)
            keep_out(sock, family)
            raw[sock] = (family, name)
        except OSError as error:
            report('unseen', name, os.strerror(error.errno))
report('ready', os.getpid())


def receive(sock, family, name):
    packet = sock.recv(65535)
    header = 0 if family == socket.AF_INET6 else 4 * (packet[0] & 15)
    words = packet[header + 8:header + 88].split(b' ')
    if len(words) < 3 or words[0] != b'tsmachine' or words[1] != env['CHECK_TOKEN'].encode():
        return
    size = len(packet) + (40 if family == socket.AF_INET6 else 0)
    check = 'esp' if name == 'esp' else 'udp/%d' % struct.unpack('!H', packet[header + 2:header + 4])
    probe = (check, words[2].decode(), size)
    if probe not in seen:
        seen.add(probe)
        report('seen', *probe)


while True:
    found = select.select(tcp + list(raw), [], [], 1)[0]
    if not found:
        report('alive')  # after the connection was closed, this ends the program by SIGPIPE
    for sock in found:
        if sock in raw:
            receive(sock, *raw[sock])
        else:
            sock.accept()[0].close()
