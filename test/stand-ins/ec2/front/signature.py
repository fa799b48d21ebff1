"""Whether a request carries the credentials that it claims (Signature Version 4)."""

import hashlib
import hmac
import re
from urllib.parse import quote

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<signed>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


def read(headers):
    """The parts of the Authorization header, or None."""
    match = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    return match.groupdict() if match else None


def is_right(auth, secret, method, path, query, headers, body):
    names = auth["signed"].split(";")
    canonical = "\n".join(
        [
            method,
            quote(path or "/", safe="/-_.~%"),
            query,
            "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in names),
            auth["signed"],
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{auth['date']}/{auth['region']}/{auth['service']}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", headers.get("x-amz-date", ""), scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in (auth["date"], auth["region"], auth["service"], "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), auth["signature"])
