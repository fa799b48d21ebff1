"""What the cloud answers when it refuses, in the three wire formats of EC2, STS (Query) and SSM (JSON)."""

import json
from xml.sax.saxutils import escape


class Refused(Exception):
    """An error answer. `violation` marks a request that the published model does not allow at all."""

    def __init__(self, code, message, status=400, violation=False):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.violation = violation


# EC2 says which side is at fault by the status. Capacity is the server's, as seen in the SDKs' retry rules.
STATUS = {
    "AuthFailure": 401,
    "UnauthorizedOperation": 403,
    "AccessDenied": 403,
    "DryRunOperation": 412,
    "InsufficientInstanceCapacity": 500,
    "InsufficientAddressCapacity": 500,
    "InsufficientHostCapacity": 500,
    "InternalError": 500,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "Unavailable": 503,
    "RequestLimitExceeded": 503,
}


def refused(code, message):
    return Refused(code, message, STATUS.get(code, 400))


def render_error(service, error, request_id):
    """Status, content type and body of an error answer."""
    if service == "ssm":
        return error.status, "application/x-amz-json-1.1", json.dumps({"__type": error.code, "message": error.message})
    code, message = escape(error.code), escape(error.message)
    if service == "ec2":
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
            f"<Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    else:
        fault = "Sender" if error.status < 500 else "Receiver"
        body = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
            f"<Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return error.status, "text/xml;charset=UTF-8", body
