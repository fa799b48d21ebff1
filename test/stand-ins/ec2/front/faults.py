"""What goes wrong on request: a table of faults by action and occurrence, and the limit of calls a second."""

import time


class Faults:
    """Each fault: `action` (or *), `nth` (1: the next such call) and `times` (how many from there on; null: for ever), `region`, `account`.

    `kind`: error (`code`, `message`, `status`; `after`: the call is carried out first), reset, hang, lost (carried out, then the
    connection is cut), delay (`ms`).
    """

    KINDS = ("error", "reset", "hang", "lost", "delay")

    def __init__(self):
        self.table = []

    def add(self, fault):
        unknown = set(fault) - {"action", "nth", "times", "region", "account", "kind", "code", "message", "status", "after", "ms"}
        if unknown or fault.get("kind") not in self.KINDS:
            raise ValueError(f"not a fault: {fault}")
        self.table.append({"action": "*", "nth": 1, "times": 1, **fault, "seen": 0})

    def take(self, action, account, region):
        """The fault for this call, if any. Every call is counted for every entry that it fits."""
        found = None
        for fault in self.table:
            if fault["action"] not in ("*", action) or fault.get("region", region) != region or fault.get("account", account) != account:
                continue
            fault["seen"] += 1
            first, times = fault["nth"], fault["times"]
            if found is None and fault["seen"] >= first and (times is None or fault["seen"] < first + times):
                found = fault
        return found


class Bucket:
    """A token bucket, as EC2 has for each account and region."""

    def __init__(self, per_second, burst=None, clock=time.monotonic):
        self.rate = per_second
        self.size = burst if burst is not None else max(1, per_second)
        self.tokens = self.size
        self.clock = clock
        self.last = clock()

    def take(self):
        now = self.clock()
        self.tokens = min(self.size, self.tokens + (now - self.last) * self.rate)
        self.last = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
