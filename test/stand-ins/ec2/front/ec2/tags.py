"""Tags: given in the creating call, changed later, listed."""

from front.errors import refused
from front.ec2.filters import matching, page
from front.ec2.region import KINDS

TYPES = {
    "instance": "instance",
    "volume": "volume",
    "interface": "network-interface",
    "group": "security-group",
    "address": "elastic-ip",
    "key": "key-pair",
    "spot": "spot-instances-request",
}


def from_specifications(params, allowed, name="TagSpecifications"):
    """Resource type to its tags. @param allowed: the types that the action can tag"""
    result = {}
    for specification in params.get(name, []):
        kind = specification.get("ResourceType")
        if kind not in allowed:
            raise refused("InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation.")
        if kind in result:
            raise refused("InvalidParameterValue", f"TagSpecifications: '{kind}' is given twice")
        if not specification.get("Tags"):
            raise refused("InvalidParameterValue", "Tag specification must have at least one tag")
        result[kind] = checked(specification["Tags"])
    return result


def checked(tags):
    keys = [tag.get("Key", "") for tag in tags]
    if len(set(keys)) < len(keys):
        raise refused("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if len(keys) > 50:
        raise refused("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
    for tag in tags:
        key, value = tag.get("Key", ""), tag.get("Value", "")
        if not key or len(key) > 128:
            raise refused("InvalidParameterValue", f"Tag key exceeds the maximum length of 128 characters or is empty: '{key[:140]}'")
        if key.lower().startswith("aws:"):
            raise refused("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
        if len(value) > 256:
            raise refused("InvalidParameterValue", "Tag value exceeds the maximum length of 256 characters")
    return [{"Key": tag["Key"], "Value": tag.get("Value", "")} for tag in tags]


def kind_of(id):
    for kind, (prefix, _, _) in KINDS.items():
        if id.startswith(f"{prefix}-"):
            return kind
    return None


def _items(region, ids):
    return [region.get(kind_of(id), id) if kind_of(id) != "key" else _key(region, id) for id in ids]


def _key(region, id):
    key = next((key for key in region.kept["key"].values() if key["KeyPairId"] == id), None)
    if key is None:
        raise refused("InvalidKeyPair.NotFound", f"The key pair '{id}' does not exist")
    return key


def create_tags(region, params):
    ours, others = _split(params["Resources"])
    items = _items(region, ours)
    tags = checked(params["Tags"])
    for item in items:
        kept = {tag["Key"]: tag for tag in item.get("Tags", [])}
        kept.update({tag["Key"]: dict(tag) for tag in tags})
        if len(kept) > 50:
            raise refused("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
        item["Tags"] = list(kept.values())
    if others:
        region.moto.create_tags(others, {tag["Key"]: tag["Value"] for tag in tags})
    return {}


def delete_tags(region, params):
    ours, others = _split(params["Resources"])
    tags = params.get("Tags")
    for item in _items(region, ours):
        item["Tags"] = [tag for tag in item.get("Tags", []) if tags is not None and not _names(tags, tag)]
    if others:
        region.moto.delete_tags(others, {tag["Key"]: tag.get("Value") for tag in tags or []})
    return {}


def _names(tags, tag):
    return any(each["Key"] == tag["Key"] and each.get("Value", tag["Value"]) == tag["Value"] for each in tags)


def _split(ids):
    ours = [id for id in ids if kind_of(id)]
    return ours, [id for id in ids if not kind_of(id)]


FILTERS = {
    "key": lambda row: row["Key"],
    "value": lambda row: row["Value"],
    "resource-id": lambda row: row["ResourceId"],
    "resource-type": lambda row: row["ResourceType"],
}


def describe_tags(region, params):
    rows = [
        {"ResourceType": TYPES[kind], "ResourceId": item.get("KeyPairId", id), **tag}
        for kind, items in region.kept.items()
        for id, item in items.items()
        if item["_hiddenInLists"] <= 0
        for tag in item.get("Tags", [])
    ]
    return page(matching(rows, params.get("Filters"), FILTERS), params, "Tags")


ACTIONS = {"CreateTags": create_tags, "DeleteTags": delete_tags, "DescribeTags": describe_tags}
