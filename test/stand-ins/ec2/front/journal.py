"""Which calls came, without what is secret in them, and a door to wait at for the next."""

import hashlib
import threading


class Journal:
    def __init__(self, lock):
        self.entries = []
        self.violations = []
        self.changed = threading.Condition(lock)

    def arrived(self, service, action, account, key, region):
        entry = {
            "n": len(self.entries) + 1,
            "service": service,
            "action": action,
            "account": account,
            "key": key,
            "region": region,
            "params": {},
            "outcome": None,
        }
        self.entries.append(entry)
        self.changed.notify_all()
        return entry

    def finished(self, entry, outcome):
        entry["outcome"] = outcome
        self.changed.notify_all()


SECRET = {"Token", "TokenCode", "WebIdentityToken", "SAMLAssertion", "SecretAccessKey"}


def told(params):
    """Parameters for the journal. Of user data only the size and the sum are kept."""
    if isinstance(params, dict):
        return {name: _hidden(name, value) for name, value in params.items()}
    if isinstance(params, list):
        return [told(item) for item in params]
    if isinstance(params, bytes):
        return f"{len(params)} bytes"
    return params


def _hidden(name, value):
    if name == "UserData" and isinstance(value, str):
        return f"{len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()}"
    return "(secret)" if name in SECRET else told(value)
