"""Who the caller is, and keys for a while."""

import datetime

from front.errors import refused
from front.world import new_session_key


def get_caller_identity(key, params):
    return {"UserId": f"AIDA{key.name.upper()}", "Account": key.account.id, "Arn": key.arn}


def assume_role(key, params):
    arn = params["RoleArn"]
    account = key.account.world.accounts.get(arn.split(":")[4] if arn.count(":") >= 5 else "")
    if account is None or not arn.startswith("arn:aws:iam::"):
        raise refused("AccessDenied", f"User: {key.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}")
    return _session(account, arn, params)


def _session(account, arn, params):
    role = arn.rsplit("/", 1)[-1]
    fresh = new_session_key(account, role)
    account.add_key(fresh)
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=params.get("DurationSeconds", 3600))
    return {
        "Credentials": {"AccessKeyId": fresh.id, "SecretAccessKey": fresh.secret, "SessionToken": fresh.token, "Expiration": expires},
        "AssumedRoleUser": {
            "AssumedRoleId": f"AROASTANDIN:{params.get('RoleSessionName', 'session')}",
            "Arn": f"arn:aws:sts::{account.id}:assumed-role/{role}/{params.get('RoleSessionName', 'session')}",
        },
    }


ACTIONS = {"GetCallerIdentity": get_caller_identity, "AssumeRole": assume_role}
