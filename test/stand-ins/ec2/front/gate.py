"""The way of every request: who asks, may they, is it a request at all, what goes wrong with it, and who answers."""

from urllib.parse import parse_qsl

from front import model, signature, ssm, sts
from front.ec2 import images, keys, moto_part, tags, types
from front.ec2.compute import instances, lifecycle, run, spot, volumes
from front.ec2.network import addresses, groups, interfaces
from front.errors import Refused, refused, render_error
from front.journal import told

EC2 = {}
for _module in (addresses, groups, images, instances, interfaces, keys, lifecycle, run, spot, tags, types, volumes):
    EC2.update(_module.ACTIONS)

# Answers as if there were no such key, by service.
UNKNOWN_KEY = {
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "sts": ("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
    "ssm": ("UnrecognizedClientException", "The security token included in the request is invalid.", 400),
}
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)
WRONG_SECRET = {
    "ec2": UNKNOWN_KEY["ec2"],
    "sts": (
        "SignatureDoesNotMatch",
        MISMATCH,
        403,
    ),
    "ssm": (
        "InvalidSignatureException",
        MISMATCH,
        400,
    ),
}
EXPIRED = {
    "ec2": ("RequestExpired", "Request has expired.", 400),
    "sts": ("ExpiredToken", "The security token included in the request is expired", 403),
    "ssm": ("ExpiredTokenException", "The security token included in the request is expired", 400),
}
DENIED = {"ec2": "UnauthorizedOperation", "sts": "AccessDenied", "ssm": "AccessDeniedException"}


class Request:
    def __init__(self, method, path, query, headers, body):
        self.method, self.path, self.query, self.headers, self.body = method, path, query, headers, body
        self.auth = signature.read(headers)
        self.service = self.auth["service"] if self.auth else "ec2"
        self.region = self.auth["region"] if self.auth else ""
        self.pairs = [] if self.service == "ssm" else parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        if self.service == "ssm":
            self.action = headers.get("x-amz-target", "").split(".")[-1]
        else:
            self.action = dict(self.pairs).get("Action", "")


def answer(stand_in, request, entry, request_id):
    """Status, content type, body and outcome. Runs while nobody else does."""
    world = stand_in.world
    try:
        return (*_work(stand_in, world, request, entry, request_id), "ok")
    except Refused as error:
        if error.violation:
            stand_in.journal.violations.append({"n": entry["n"], "action": request.action, "code": error.code, "message": error.message})
        return (*render_error(request.service, error, request_id), error.code)


def _work(stand_in, world, request, entry, request_id):
    if request.service not in model.VERSIONS:
        raise refused("InvalidAction", f"the stand-in does not play {request.service}")
    key = _who(world, request)
    account = key.account
    if not _is_open(account, request.region):
        raise Refused(*UNKNOWN_KEY[request.service])
    if not world.allows_call(account.id, request.region):
        raise _throttled(request.service)
    op = model.operation(request.service, request.action)
    params = model.parse(request.service, op, request.pairs, request.body)
    entry["params"] = told(params)
    _rights(key, request, params)
    region = account.region(request.region)
    if request.service == "sts":
        result = sts.ACTIONS[request.action](key, params) if request.action in sts.ACTIONS else None
    elif request.service == "ssm":
        result = ssm.ACTIONS[request.action](region, params) if request.action in ssm.ACTIONS else None
    else:
        if params.get("DryRun") and request.action != "RunInstances":
            raise refused("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
        if request.action in moto_part.ACTIONS:
            return moto_part.call(region, request.action, params, request.headers, request.body)
        result = EC2[request.action](region, params) if request.action in EC2 else None
    if result is None:
        raise Refused("InternalError", f"the stand-in does not play {request.action}", 500, violation=True)
    return (200, *model.serialize(request.service, op, result, request_id))


def _who(world, request):
    """The key of the request, once its signature is right."""
    service = request.service
    key = world.keys.get(request.auth["key"]) if request.auth else None
    if key is None or (key.token or "") != request.headers.get("x-amz-security-token", ""):
        raise Refused(*UNKNOWN_KEY[service])
    parts = (request.method, request.path, request.query, request.headers, request.body)
    if not signature.is_right(request.auth, key.secret, *parts):
        raise Refused(*WRONG_SECRET[service])
    if key.expired:
        raise Refused(*EXPIRED[service])
    return key


def _is_open(account, region):
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend as Regions

    known = {each.name: each.opt_in_status for each in Regions.regions}
    return region in known and (known[region] == "opt-in-not-required" or region in account.opted_in)


def _throttled(service):
    if service == "ec2":
        return refused("RequestLimitExceeded", "Request limit exceeded.")
    return Refused("ThrottlingException" if service == "ssm" else "Throttling", "Rate exceeded", 400)


def _rights(key, request, params):
    service = request.service
    needed = [] if request.action == "GetCallerIdentity" else [f"{service}:{request.action}"]
    if service == "ec2" and request.action not in ("CreateTags", "DeleteTags") and params.get("TagSpecifications"):
        needed.append("ec2:CreateTags")
    if request.action == "RunInstances" and "IamInstanceProfile" in params:
        needed.append("iam:PassRole")
    for action in needed:
        if not key.may(action):
            raise Refused(
                DENIED[service],
                f"You are not authorized to perform this operation. User: {key.arn} is not authorized to perform: {action} on resource: "
                f"arn:aws:{service}:{request.region}:{key.account.id}:* because no identity-based policy allows the {action} action",
                403 if service != "ssm" else 400,
            )
