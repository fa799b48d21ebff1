"""EC2, STS and SSM on a free port of 127.0.0.1, which is printed. Ends when its standard input does.

Usage: python server.py
"""

import json
import os
import socket
import struct
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from front import control  # noqa: E402
from front.errors import Refused, render_error  # noqa: E402
from front.gate import Request, answer  # noqa: E402
from front.journal import Journal  # noqa: E402
from front.world import World  # noqa: E402


class StandIn:
    def __init__(self):
        self.lock = threading.RLock()
        self.free = threading.Event()
        self.world = World()
        self.journal = Journal(self.lock)

    def reset(self, options):
        """A new world; calls that hang are let go."""
        world = World(options)
        self.world.drop()
        self.world = world
        self.let_go()
        self.journal.entries = []
        self.journal.violations = []
        self.journal.changed.notify_all()

    def let_go(self):
        self.free.set()
        self.free = threading.Event()


stand_in = StandIn()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/_control/"):
            self.control(self.path.removeprefix("/_control/"), json.loads(body or b"{}"))
        else:
            self.cloud(body)

    def control(self, verb, given):
        try:
            if verb == "wait":
                result = wait(given)
            else:
                with stand_in.lock:
                    result = control.call(stand_in, verb, given)
                    stand_in.journal.changed.notify_all()
            status = 200
        except (ValueError, KeyError, TypeError) as error:
            status, result = 400, {"error": f"{verb}: {error!r}"}
        self.send(status, "application/json", json.dumps(result, default=str), None)

    def cloud(self, body):
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request("POST", parts.path, parts.query, headers, body)
        request_id = str(uuid.uuid4())
        with stand_in.lock:
            world, free = stand_in.world, stand_in.free
            key = world.keys.get(request.auth["key"]) if request.auth else None
            account = key.account.id if key else None
            entry = stand_in.journal.arrived(
                request.service, request.action, account, request.auth["key"] if request.auth else None, request.region
            )
            entry["requestId"] = request_id
            fault = world.faults.take(request.action, account, request.region)
        kind = fault["kind"] if fault else None
        if kind == "delay":
            free.wait(fault["ms"] / 1000)
        if kind == "hang":
            self.finish_entry(entry, "hang")
            free.wait()
            return self.cut()
        if kind == "reset":
            self.finish_entry(entry, "reset")
            return self.cut()
        before = kind == "error" and not fault.get("after")
        with stand_in.lock:
            if before:
                status, content, text, outcome = self.fault_error(request, fault, request_id)
            else:
                status, content, text, outcome = self.worked(request, entry, request_id)
        if kind == "error" and not before:
            status, content, text, outcome = self.fault_error(request, fault, request_id)
        self.finish_entry(entry, "lost" if kind == "lost" else outcome)
        if kind == "lost":
            return self.cut()
        self.send(status, content, text, request_id)

    def worked(self, request, entry, request_id):
        try:
            return answer(stand_in, request, entry, request_id)
        except Exception as error:  # a mistake of the stand-in: tests must see it
            import traceback

            traceback.print_exc()
            stand_in.journal.violations.append({"n": entry["n"], "action": request.action, "code": "StandInBroken", "message": repr(error)})
            return (
                *render_error(request.service, Refused("InternalError", f"the stand-in broke: {error!r}", 500), request_id),
                "StandInBroken",
            )

    def fault_error(self, request, fault, request_id):
        error = Refused(
            fault.get("code", "InternalError"), fault.get("message", "An internal error has occurred"), fault.get("status", 500)
        )
        return (*render_error(request.service, error, request_id), error.code)

    def finish_entry(self, entry, outcome):
        with stand_in.lock:
            stand_in.journal.finished(entry, outcome)

    def send(self, status, content, text, request_id):
        data = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        self.send_header("content-type", content)
        self.send_header("content-length", str(len(data)))
        if request_id:
            self.send_header("x-amzn-requestid", request_id)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def cut(self):
        """Ends the connection with a reset, as a broken way would."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def wait(given):
    """Waits until `count` calls of `action` have arrived (`answered`: are answered) since the reset, or more notes than `states`."""
    with stand_in.lock:
        journal, world = stand_in.journal, stand_in.world

        def reached():
            if stand_in.world is not world:
                return True
            if "states" in given:
                return len(world.states) > given["states"]
            calls = [entry for entry in journal.entries if entry["action"] == given["action"]]
            return sum(1 for entry in calls if not given.get("answered") or entry["outcome"] is not None) >= given.get("count", 1)

        came = journal.changed.wait_for(reached, given.get("seconds", 30))
        same = stand_in.world is world
        return {"came": came and same, "reset": not same, "states": world.states[given.get("states", len(world.states)) :]}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A client that has gone away is no fault of the server."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
