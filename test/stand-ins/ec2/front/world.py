"""Accounts with their credentials, rights, limits and regions. A reset makes a new world."""

import fnmatch
import os
import secrets

os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

from moto.ec2.models import ec2_backends  # noqa: E402

from front.ec2.region import Region  # noqa: E402
from front.faults import Bucket, Faults  # noqa: E402

FIRST = {"id": "111122223333", "keys": [{"id": "AKIASTANDIN000000001", "secret": "stand-in-secret-of-the-first-account"}]}
DEFAULTS = {
    "accounts": [FIRST],
    # Describes that an instance is seen in a passing state.
    "pending": 1,
    "stopping": 1,
    "shuttingDown": 1,
    # Describes after which a terminated instance is forgotten; null: never.
    "forget": None,
    # Calls for which a new resource is not found: by id, and by filters and lists.
    "unseenById": 0,
    "unseenInLists": 0,
    # Calls a second of an account in a region; null: any number.
    "perSecond": None,
    "burst": None,
    # Instances come up and go down when the control door says so.
    "backed": False,
}
ACCOUNT = {
    "id": "",
    "keys": [],
    # Regions without a default VPC; true: all.
    "noDefaultVpc": [],
    "profiles": [],
    # Regions that must be enabled first, and are.
    "optedIn": [],
    "limits": {},
}
LIMITS = {"vcpus": 1_000_000, "spotVcpus": 1_000_000, "addresses": 5, "groups": 2_500, "rulesPerGroup": 60}


class World:
    def __init__(self, options=None):
        options = options or {}
        unknown = set(options) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"unknown options: {unknown}")
        self.options = {**DEFAULTS, **options}
        self.faults = Faults()
        self.accounts = {}
        self.keys = {}
        for described in self.options["accounts"]:
            account = Account(self, described)
            self.accounts[account.id] = account
        self.exhausted = []
        self.buckets = {}
        # What instances did, in order, for those who play them.
        self.states = []

    def note_state(self, region, instance):
        self.note(region, instance, instance["State"]["Name"])

    def note(self, region, instance, what):
        self.states.append({"account": region.account.id, "region": region.name, "id": instance["InstanceId"], "state": what})

    def allows_call(self, account, region):
        rate = self.options["perSecond"]
        if rate is None:
            return True
        bucket = self.buckets.setdefault((account, region), Bucket(rate, self.options["burst"]))
        return bucket.take()

    def drop(self):
        """moto keeps its part by account id in a table of the whole process."""
        for account in self.accounts:
            dict.pop(ec2_backends, account, None)


class Account:
    def __init__(self, world, described):
        unknown = set(described) - set(ACCOUNT)
        if unknown:
            raise ValueError(f"unknown for an account: {unknown}")
        settings = {**ACCOUNT, **described}
        self.world = world
        self.id = settings["id"]
        self.no_default_vpc = settings["noDefaultVpc"]
        self.profiles = settings["profiles"]
        self.opted_in = settings["optedIn"]
        self.limits = {**LIMITS, **settings["limits"]}
        self.regions = {}
        for key in settings["keys"]:
            self.add_key(Key(self, **key))

    def add_key(self, key):
        self.world.keys[key.id] = key

    def region(self, name):
        if name not in self.regions:
            self.regions[name] = Region(self, name, ec2_backends[self.id][name])
        return self.regions[name]

    def has_default_vpc(self, region):
        return self.no_default_vpc is not True and region not in self.no_default_vpc


class Key:
    """An access key. `policy`: statements as in an IAM policy, of which effect and action count; without it everything is allowed."""

    def __init__(self, account, id, secret, token=None, expired=False, user="tester", role=None, policy=None):
        self.account = account
        self.id = id
        self.secret = secret
        self.token = token
        self.expired = expired
        self.policy = policy
        self.name = role or user
        kind = f"sts::{account.id}:assumed-role/{role}/session" if role else f"iam::{account.id}:user/{user}"
        self.arn = f"arn:aws:{kind}"

    def may(self, action):
        if self.policy is None:
            return True
        effects = {statement["Effect"] for statement in self.policy["Statement"] if _covers(statement["Action"], action)}
        return "Allow" in effects and "Deny" not in effects


def _covers(patterns, action):
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in listed)


def new_session_key(account, role, expired=False):
    return Key(account, f"ASIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), secrets.token_urlsafe(60), expired, role=role)
