"""The door for tests: what it says and does is no part of the cloud."""

import json

from front import inventory
from front.ec2.compute import states
from front.ec2.network import interfaces
from front.ec2.compute.instances import told
from front.ec2.compute.run import user_data_of


def call(stand_in, verb, given):
    """The answer to a call of the control door, as JSON can say it. Raises ValueError or KeyError for what it does not know."""
    return VERBS[verb](stand_in, given)


def reset(stand_in, given):
    stand_in.reset(given)
    return {}


def add_fault(stand_in, given):
    stand_in.world.faults.add(given)
    return {}


def clear_faults(stand_in, given):
    stand_in.world.faults.table.clear()
    stand_in.let_go()
    return {}


def exhaust(stand_in, given):
    stand_in.world.exhausted = given["entries"]
    return {}


def options(stand_in, given):
    unknown = set(given) - set(stand_in.world.options) | ({"accounts"} & set(given))
    if unknown:
        raise ValueError(f"options that cannot be changed: {unknown}")
    stand_in.world.options.update(given)
    stand_in.world.buckets.clear()
    return {}


def change_key(stand_in, given):
    """Makes a key expired, valid again, or gives it other rights."""
    key = stand_in.world.keys[given["id"]]
    key.expired = given.get("expired", key.expired)
    if "policy" in given:
        key.policy = given["policy"]
    return {}


def limits(stand_in, given):
    stand_in.world.accounts[given["account"]].limits.update(given["limits"])
    return {}


def journal(stand_in, given):
    return {"calls": stand_in.journal.entries[given.get("after", 0) :]}


def violations(stand_in, given):
    return {"violations": stand_in.journal.violations}


def list_inventory(stand_in, given):
    return {"lines": inventory.lines(stand_in.world)}


def instances(stand_in, given):
    return {
        "instances": [
            {
                "account": account.id,
                "region": region.name,
                "userData": user_data_of(instance),
                "publicKey": region.kept["key"].get(instance.get("KeyName"), {}).get("_public"),
                "shown": _plain(told(region, instance)),
            }
            for account in stand_in.world.accounts.values()
            for region in account.regions.values()
            for instance in region.kept["instance"].values()
        ]
    }


def _plain(value):
    return json.loads(json.dumps(value, default=str))


def _find(stand_in, id):
    for account in stand_in.world.accounts.values():
        for region in account.regions.values():
            if id in region.kept["instance"]:
                return region, region.kept["instance"][id]
    raise ValueError(f"no instance {id}")


def set_instance(stand_in, given):
    """`state`, `publicAddress` (null: none), `privateAddress`, `console`, `reason` ({Code, Message})."""
    region, instance = _find(stand_in, given["id"])
    attached = interfaces.of_instance(region, given["id"])
    if "reason" in given:
        instance["StateReason"] = given["reason"]
    if "console" in given:
        instance["_console"] = given["console"]
    if "privateAddress" in given:
        attached[0]["PrivateIpAddress"] = given["privateAddress"]
        attached[0]["PrivateIpAddresses"] = [{"Primary": True, "PrivateIpAddress": given["privateAddress"]}]
    if "publicAddress" in given:
        interfaces.set_public(region, attached[0], given["publicAddress"])
    if "state" in given:
        states.enter(region, instance, given["state"])
    return {}


def reclaim(stand_in, given):
    """Takes a spot instance away: terminated, or stopped where its request says so."""
    region, instance = _find(stand_in, given["id"])
    request = region.known("spot", instance.get("SpotInstanceRequestId"))
    if request is None:
        raise ValueError(f"{given['id']} is no spot instance")
    stops = request["InstanceInterruptionBehavior"] != "terminate"
    instance["StateReason"] = dict(states.SPOT_STOP if stops else states.SPOT_END)
    states.enter(region, instance, "stopped" if stops else "terminated")
    if stops:
        request["Status"] = {"Code": "instance-stopped-no-capacity", "Message": ""}
    return {}


def delete_by_hand(stand_in, given):
    """As somebody in the console: the instance ends at once. `forgotten`: it is not even shown any more."""
    region, instance = _find(stand_in, given["id"])
    instance["StateReason"] = dict(states.USER_STOP)
    states.enter(region, instance, "terminated")
    if given.get("forgotten"):
        del region.kept["instance"][given["id"]]
    return {}


VERBS = {
    "reset": reset,
    "fault": add_fault,
    "clear-faults": clear_faults,
    "exhaust": exhaust,
    "options": options,
    "key": change_key,
    "limits": limits,
    "journal": journal,
    "violations": violations,
    "inventory": list_inventory,
    "instances": instances,
    "set-instance": set_instance,
    "reclaim": reclaim,
    "delete-by-hand": delete_by_hand,
}
