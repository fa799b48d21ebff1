"""Single rules of security groups: read from permissions, compared, told again as permissions."""

import ipaddress
import re
import secrets

from front.errors import refused

NAMES = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
WITH_PORTS = ("tcp", "udp")
TEXT = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


def read(region, group, params, egress):
    """The rules that a call names, in the form in which a group keeps them."""
    permissions = params.get("IpPermissions") or _old_form(params)
    if not permissions:
        raise refused("MissingParameter", "The request must contain the parameter ipPermissions")
    return [rule for permission in permissions for rule in _of_permission(region, group, permission, egress)]


def _old_form(params):
    if "SourceSecurityGroupName" in params or "SourceSecurityGroupOwnerId" in params:
        raise refused("InvalidParameterCombination", "source groups of a VPC are named in ipPermissions")
    if "IpProtocol" not in params:
        return []
    permission = {name: params[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in params}
    return [{**permission, "IpRanges": [{"CidrIp": params["CidrIp"]}] if "CidrIp" in params else []}]


def _of_permission(region, group, permission, egress):
    protocol, first, last = _protocol(permission)
    peers = [
        *(("CidrIpv4", _cidr(each.get("CidrIp", ""), 4), each) for each in permission.get("IpRanges", [])),
        *(("CidrIpv6", _cidr(each.get("CidrIpv6", ""), 6), each) for each in permission.get("Ipv6Ranges", [])),
        *(("GroupId", _peer(region, group, each), each) for each in permission.get("UserIdGroupPairs", [])),
        *(("PrefixListId", each["PrefixListId"], each) for each in permission.get("PrefixListIds", [])),
    ]
    if not peers:
        raise refused("MissingParameter", "Missing source specification: include source security group or CIDR information")
    for kind, value, each in peers:
        description = each.get("Description")
        if description is not None and not TEXT.fullmatch(description):
            raise refused(
                "InvalidParameterValue",
                f"Invalid rule description '{description}'. Valid descriptions are strings less "
                f"than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*",
            )
        rule = {"protocol": protocol, "from": first, "to": last, "kind": kind, "peer": value, "egress": egress}
        yield {**rule, "id": f"sgr-0{secrets.token_hex(8)}", "description": description}


def _protocol(permission):
    if "IpProtocol" not in permission:
        raise refused("MissingParameter", "The request must contain the parameter ipProtocol")
    given = permission["IpProtocol"].lower()
    protocol = NAMES.get(given, given)
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if protocol in WITH_PORTS:
        if first is None or last is None:
            raise refused("InvalidParameterValue", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
        if not 0 <= first <= last <= 65535:
            raise refused(
                "InvalidParameterValue",
                f"Invalid value '{first}-{last}' for portRange. Ports must be from 0 to 65535, the first not above the last",
            )
        return protocol, first, last
    if protocol in ("icmp", "icmpv6"):
        return protocol, -1 if first is None else first, -1 if last is None else last
    if protocol != "-1" and not (protocol.isdigit() and int(protocol) <= 255):
        raise refused("InvalidParameterValue", f"Invalid value '{given}' for IP protocol. Unknown protocol.")
    return protocol, None, None


def _cidr(text, version):
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is None or network.version != version or "/" not in text:
        raise refused("InvalidParameterValue", f"CIDR block {text} is malformed")
    return str(network)


def _peer(region, group, pair):
    if "GroupId" not in pair:
        raise refused("MissingParameter", "Source group ID missing.")
    peer = region.get("group", pair["GroupId"])
    if peer["VpcId"] != group["VpcId"]:
        raise refused("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
    return peer["GroupId"]


def same(one, other):
    return all(one[name] == other[name] for name in ("protocol", "from", "to", "kind", "peer", "egress"))


def text(rule):
    ports = "" if rule["from"] is None else f", from port: {rule['from']}, to port: {rule['to']}"
    name = "ALL" if rule["protocol"] == "-1" else rule["protocol"].upper()
    return f"peer: {rule['peer']}, {name}{ports}, ALLOW"


def permissions(region, rules):
    """As DescribeSecurityGroups tells them: one entry for each protocol and range of ports."""
    grouped = {}
    for rule in rules:
        key = (rule["protocol"], rule["from"], rule["to"])
        entry = grouped.setdefault(
            key, {"IpProtocol": rule["protocol"], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        )
        if rule["from"] is not None:
            entry["FromPort"], entry["ToPort"] = rule["from"], rule["to"]
        described = {} if rule["description"] is None else {"Description": rule["description"]}
        if rule["kind"] == "CidrIpv4":
            entry["IpRanges"].append({"CidrIp": rule["peer"], **described})
        elif rule["kind"] == "CidrIpv6":
            entry["Ipv6Ranges"].append({"CidrIpv6": rule["peer"], **described})
        elif rule["kind"] == "PrefixListId":
            entry["PrefixListIds"].append({"PrefixListId": rule["peer"], **described})
        else:
            entry["UserIdGroupPairs"].append({"GroupId": rule["peer"], "UserId": region.account.id, **described})
    return list(grouped.values())


def told(region, group, rule):
    """As DescribeSecurityGroupRules and the answers of Authorize tell one."""
    shown = {
        "SecurityGroupRuleId": rule["id"],
        "GroupId": group["GroupId"],
        "GroupOwnerId": region.account.id,
        "IsEgress": rule["egress"],
        "IpProtocol": rule["protocol"],
        "FromPort": -1 if rule["from"] is None else rule["from"],
        "ToPort": -1 if rule["to"] is None else rule["to"],
        "Tags": rule.get("tags", []),
    }
    if rule["description"] is not None:
        shown["Description"] = rule["description"]
    if rule["kind"] == "GroupId":
        shown["ReferencedGroupInfo"] = {"GroupId": rule["peer"], "UserId": region.account.id}
    else:
        shown[rule["kind"]] = rule["peer"]
    return shown
