"""Security groups."""

from front.errors import refused
from front.ec2.network import rules
from front.ec2.filters import matching, page, public
from front.ec2.tags import from_specifications


def _complete(region):
    """Each VPC has a group `default`. VPCs are moto's."""
    vpcs = {group["VpcId"] for group in region.kept["group"].values() if group["GroupName"] == "default"}
    for vpc in region.moto.vpcs.values():
        if vpc.id not in vpcs:
            group = _new(region, "default", "default VPC security group", vpc.id, [])
            group["_hiddenById"] = group["_hiddenInLists"] = 0
            peer = {"protocol": "-1", "from": None, "to": None, "kind": "GroupId", "peer": group["GroupId"], "egress": False}
            group["_rules"].append({**peer, "id": f"sgr-{group['GroupId'][3:]}", "description": None})
    for id, group in list(region.kept["group"].items()):
        if group["GroupName"] == "default" and group["VpcId"] not in region.moto.vpcs:
            del region.kept["group"][id]


def default_group(region, vpc):
    _complete(region)
    return next(group for group in region.kept["group"].values() if group["VpcId"] == vpc and group["GroupName"] == "default")


def group(region, id):
    _complete(region)
    return region.get("group", id)


def _new(region, name, description, vpc, tags):
    id = region.new_id("group")
    everywhere = {"protocol": "-1", "from": None, "to": None, "kind": "CidrIpv4", "peer": "0.0.0.0/0", "egress": True}
    return region.keep(
        "group",
        id,
        {
            "GroupId": id,
            "GroupName": name,
            "Description": description,
            "OwnerId": region.account.id,
            "VpcId": vpc,
            "Tags": tags,
            "SecurityGroupArn": f"arn:aws:ec2:{region.name}:{region.account.id}:security-group/{id}",
            "_rules": [{**everywhere, "id": f"sgr-{id[3:]}0", "description": None}],
        },
    )


def create_security_group(region, params):
    _complete(region)
    name, description = params["GroupName"], params["Description"]
    vpc = params.get("VpcId")
    if vpc is None:
        default = region.default_vpc()
        if default is None:
            raise refused("VPCIdNotSpecified", "No default VPC for this user")
        vpc = default.id
    region.vpc(vpc)
    if name.startswith("sg-"):
        raise refused(
            "InvalidParameterValue", f"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*."
        )
    if not name or not rules.TEXT.fullmatch(name) or not rules.TEXT.fullmatch(description) or not description:
        raise refused(
            "InvalidParameterValue",
            f"Value ({name}, {description}) for parameter GroupName or GroupDescription "
            "is invalid. Character sets beyond ASCII are not supported.",
        )
    if name == "default":
        raise refused("InvalidGroup.Reserved", "The security group 'default' is reserved")
    tags = from_specifications(params, ["security-group"]).get("security-group", [])
    if any(each["GroupName"] == name and each["VpcId"] == vpc for each in region.kept["group"].values()):
        raise refused("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc}'")
    if len(region.kept["group"]) >= region.account.limits["groups"]:
        raise refused("SecurityGroupLimitExceeded", "The maximum number of security groups for VPC has been reached.")
    made = _new(region, name, description, vpc, tags)
    return {"GroupId": made["GroupId"], "SecurityGroupArn": made["SecurityGroupArn"], "Tags": tags}


def _named(region, params):
    _complete(region)
    if "GroupId" in params:
        return region.get("group", params["GroupId"])
    name, default = params.get("GroupName"), region.default_vpc()
    if name is None:
        raise refused("MissingParameter", "The request must contain the parameter groupName or groupId")
    for each in region.kept["group"].values():
        if default is not None and each["GroupName"] == name and each["VpcId"] == default.id:
            return each
    raise refused("InvalidGroup.NotFound", f"The security group '{name}' does not exist in default VPC '{default.id if default else ''}'")


def users(region, id):
    return [each for each in region.kept["interface"].values() if any(group["GroupId"] == id for group in each["Groups"])]


def delete_security_group(region, params):
    from front.ec2.compute.states import tick

    found = _named(region, params)
    id = found["GroupId"]
    if found["GroupName"] == "default":
        raise refused("CannotDelete", f'the specified group: "{id}" name: "default" cannot be deleted by a user')
    used_by = users(region, id)
    for interface in used_by:
        instance = region.known("instance", interface.get("Attachment", {}).get("InstanceId"))
        if instance is not None:
            tick(region, instance)
    if used_by or any(rule["peer"] == id for each in region.kept["group"].values() if each is not found for rule in each["_rules"]):
        raise refused("DependencyViolation", f"resource {id} has a dependent object")
    del region.kept["group"][id]
    return {"Return": True, "GroupId": id}


def _authorize(egress):
    def authorize(region, params):
        found = _named(region, params)
        wanted = rules.read(region, found, params, egress)
        tags = from_specifications(params, ["security-group-rule"]).get("security-group-rule", [])
        for number, rule in enumerate(wanted):
            if any(rules.same(rule, each) for each in [*found["_rules"], *wanted[:number]]):
                raise refused("InvalidPermission.Duplicate", f'the specified rule "{rules.text(rule)}" already exists')
            rule["tags"] = tags
        if sum(rule["egress"] == egress for rule in [*found["_rules"], *wanted]) > region.account.limits["rulesPerGroup"]:
            raise refused("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
        found["_rules"].extend(wanted)
        return {"Return": True, "SecurityGroupRules": [rules.told(region, found, rule) for rule in wanted]}

    return authorize


def _revoke(egress):
    def revoke(region, params):
        found = _named(region, params)
        if "SecurityGroupRuleIds" in params:
            wanted = [rule for rule in found["_rules"] if rule["id"] in params["SecurityGroupRuleIds"] and rule["egress"] == egress]
            missing = set(params["SecurityGroupRuleIds"]) - {rule["id"] for rule in wanted}
            if missing:
                raise refused("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{sorted(missing)[0]}' does not exist")
            unknown = []
        else:
            named = rules.read(region, found, params, egress)
            wanted = [rule for rule in found["_rules"] if any(rules.same(rule, each) for each in named)]
            unknown = [each for each in named if not any(rules.same(rule, each) for rule in found["_rules"])]
        default = region.default_vpc()
        if unknown and not (default is not None and found["VpcId"] == default.id):
            raise refused("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        found["_rules"] = [rule for rule in found["_rules"] if rule not in wanted]
        return {"Return": True, **({"UnknownIpPermissions": rules.permissions(region, unknown)} if unknown else {})}

    return revoke


def update_descriptions(region, params):
    """Each rule that is named gets the description that is given with it."""
    found = _named(region, params)
    named = rules.read(region, found, params, False)
    for each in named:
        rule = next((rule for rule in found["_rules"] if rules.same(rule, each)), None)
        if rule is None:
            raise refused("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        rule["description"] = each["description"]
    return {"Return": True}


def _values(name, egress):
    return lambda each: [str(rule[name]) for rule in each["_rules"] if rule["egress"] == egress and rule[name] is not None]


def _peers(kind, egress):
    return lambda each: [rule["peer"] for rule in each["_rules"] if rule["egress"] == egress and rule["kind"] == kind]


FILTERS = {
    "group-id": lambda each: each["GroupId"],
    "group-name": lambda each: each["GroupName"],
    "description": lambda each: each["Description"],
    "vpc-id": lambda each: each["VpcId"],
    "owner-id": lambda each: each["OwnerId"],
}
for prefix, egress in (("", False), ("egress.", True)):
    FILTERS[f"{prefix}ip-permission.cidr"] = _peers("CidrIpv4", egress)
    FILTERS[f"{prefix}ip-permission.ipv6-cidr"] = _peers("CidrIpv6", egress)
    FILTERS[f"{prefix}ip-permission.group-id"] = _peers("GroupId", egress)
    FILTERS[f"{prefix}ip-permission.protocol"] = _values("protocol", egress)
    FILTERS[f"{prefix}ip-permission.from-port"] = _values("from", egress)
    FILTERS[f"{prefix}ip-permission.to-port"] = _values("to", egress)


def _told(region, each):
    incoming = [rule for rule in each["_rules"] if not rule["egress"]]
    outgoing = [rule for rule in each["_rules"] if rule["egress"]]
    shown = {"IpPermissions": rules.permissions(region, incoming), "IpPermissionsEgress": rules.permissions(region, outgoing)}
    return {**public(each), **shown}


def describe_security_groups(region, params):
    _complete(region)
    found = region.chosen("group", params.get("GroupIds"))
    for name in params.get("GroupNames", []):
        if all(each["GroupName"] != name for each in found):
            raise refused("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
    if params.get("GroupNames"):
        found = [each for each in found if each["GroupName"] in params["GroupNames"]]
    found = matching(found, params.get("Filters"), FILTERS)
    return page([_told(region, each) for each in found], params, "SecurityGroups", with_ids=("GroupIds",))


RULE_FILTERS = {"group-id": lambda rule: rule["GroupId"], "security-group-rule-id": lambda rule: rule["SecurityGroupRuleId"]}


def describe_security_group_rules(region, params):
    _complete(region)
    found = [rules.told(region, each, rule) for each in region.list("group") for rule in each["_rules"]]
    ids = params.get("SecurityGroupRuleIds")
    found = [rule for rule in found if not ids or rule["SecurityGroupRuleId"] in ids]
    return page(matching(found, params.get("Filters"), RULE_FILTERS), params, "SecurityGroupRules")


ACTIONS = {
    "CreateSecurityGroup": create_security_group,
    "DeleteSecurityGroup": delete_security_group,
    "DescribeSecurityGroups": describe_security_groups,
    "DescribeSecurityGroupRules": describe_security_group_rules,
    "AuthorizeSecurityGroupIngress": _authorize(False),
    "AuthorizeSecurityGroupEgress": _authorize(True),
    "RevokeSecurityGroupIngress": _revoke(False),
    "RevokeSecurityGroupEgress": _revoke(True),
    "UpdateSecurityGroupRuleDescriptionsIngress": update_descriptions,
}
