"""Network interfaces: with their instance, or by themselves."""

import ipaddress

from front.errors import refused
from front.ec2.filters import matching, page, public
from front.ec2.tags import from_specifications


def _used(region, subnet):
    return {
        address["PrivateIpAddress"]
        for each in region.kept["interface"].values()
        if each["SubnetId"] == subnet.id
        for address in each["PrivateIpAddresses"]
    }


def free_address(region, subnet, wanted=None):
    network, used = ipaddress.ip_network(subnet.cidr_block), _used(region, subnet)
    if wanted is not None:
        if ipaddress.ip_address(wanted) not in network:
            raise refused("InvalidParameterValue", "Address does not fall within the subnet's address range")
        if wanted in used:
            raise refused("InvalidIPAddress.InUse", f"Address {wanted} is in use.")
        return wanted
    for address in list(network.hosts())[3:-1] if network.prefixlen > 22 else _first(network):
        if str(address) not in used:
            return str(address)
    raise refused(
        "InsufficientFreeAddressesInSubnet", f"There are not enough free addresses in subnet '{subnet.id}' to satisfy the request."
    )


def _first(network):
    return (network.network_address + n for n in range(10, min(1000, network.num_addresses - 2)))


def ipv6_addresses(region, subnet, count):
    blocks = [each["ipv6CidrBlock"] for each in subnet.ipv6_cidr_block_associations.values()]
    if not blocks:
        raise refused("InvalidParameterValue", f"The subnet '{subnet.id}' has no IPv6 CIDR block")
    network = ipaddress.ip_network(blocks[0], strict=False)
    region.counter += count
    return [{"Ipv6Address": str(network.network_address + 0x1000 + region.counter - n), "IsPrimaryIpv6": False} for n in range(count)]


def public_address(region):
    """A new one each time, as it is after each start."""
    region.counter += 1
    return str(ipaddress.ip_address("198.18.0.10") + region.counter)


def create(region, subnet, groups, tags, address=None, ipv6=0, description="", status="available"):
    id = region.new_id("interface")
    private = free_address(region, subnet, address)
    return region.keep(
        "interface",
        id,
        {
            "NetworkInterfaceId": id,
            "SubnetId": subnet.id,
            "VpcId": subnet.vpc_id,
            "AvailabilityZone": subnet.availability_zone,
            "Description": description,
            "InterfaceType": "interface",
            "MacAddress": "0a:" + ":".join(id[-10 + 2 * n : -8 + 2 * n or None] for n in range(5)),
            "OwnerId": region.account.id,
            "PrivateIpAddress": private,
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": private}],
            "Ipv6Addresses": ipv6_addresses(region, subnet, ipv6) if ipv6 else [],
            "RequesterManaged": False,
            "SourceDestCheck": True,
            "Status": status,
            "Groups": [{"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in groups],
            "Tags": tags,
        },
    )


def attach(interface, instance, index, with_instance):
    interface["Status"] = "in-use"
    interface["Attachment"] = {
        "AttachmentId": f"eni-attach-{interface['NetworkInterfaceId'][4:]}",
        "InstanceId": instance,
        "InstanceOwnerId": interface["OwnerId"],
        "DeviceIndex": index,
        "NetworkCardIndex": 0,
        "Status": "attached",
        "DeleteOnTermination": with_instance,
        "AttachTime": "2026-11-30T00:00:00.000Z",
    }


def of_instance(region, instance):
    found = [e for e in region.kept["interface"].values() if e.get("Attachment", {}).get("InstanceId") == instance]
    return sorted(found, key=lambda each: each["Attachment"]["DeviceIndex"])


def set_public(region, interface, address, allocation=None):
    """@param allocation: the Elastic IP that this address is"""
    if address is None:
        interface.pop("Association", None)
        return
    zone = "compute-1" if region.name == "us-east-1" else f"{region.name}.compute"
    interface["Association"] = {
        "PublicIp": address,
        "PublicDnsName": f"ec2-{address.replace('.', '-')}.{zone}.amazonaws.com",
        "IpOwnerId": region.account.id if allocation else "amazon",
        **({"AllocationId": allocation["AllocationId"], "AssociationId": allocation["AssociationId"]} if allocation else {}),
    }


FILTERS = {
    "network-interface-id": lambda e: e["NetworkInterfaceId"],
    "status": lambda e: e["Status"],
    "subnet-id": lambda e: e["SubnetId"],
    "vpc-id": lambda e: e["VpcId"],
    "availability-zone": lambda e: e["AvailabilityZone"],
    "description": lambda e: e["Description"],
    "group-id": lambda e: [group["GroupId"] for group in e["Groups"]],
    "group-name": lambda e: [group["GroupName"] for group in e["Groups"]],
    "private-ip-address": lambda e: e["PrivateIpAddress"],
    "addresses.private-ip-address": lambda e: e["PrivateIpAddress"],
    "association.public-ip": lambda e: e.get("Association", {}).get("PublicIp"),
    "attachment.instance-id": lambda e: e.get("Attachment", {}).get("InstanceId"),
    "attachment.status": lambda e: e.get("Attachment", {}).get("Status"),
    "attachment.device-index": lambda e: e.get("Attachment", {}).get("DeviceIndex"),
    "interface-type": lambda e: e["InterfaceType"],
    "owner-id": lambda e: e["OwnerId"],
    "mac-address": lambda e: e["MacAddress"],
}


def told(interface):
    shown = public(interface)
    shown["TagSet"] = shown.pop("Tags", [])
    return shown


def describe_network_interfaces(region, params):
    found = matching(region.chosen("interface", params.get("NetworkInterfaceIds")), params.get("Filters"), FILTERS)
    return page([told(each) for each in found], params, "NetworkInterfaces", with_ids=("NetworkInterfaceIds",))


def create_network_interface(region, params):
    from front.ec2.network.groups import default_group

    subnet = region.subnet(params["SubnetId"])
    tags = from_specifications(params, ["network-interface"]).get("network-interface", [])
    groups = [region.get("group", id) for id in params.get("Groups", [])] or [default_group(region, subnet.vpc_id)]
    return {
        "NetworkInterface": told(create(region, subnet, groups, tags, params.get("PrivateIpAddress"), 0, params.get("Description", "")))
    }


def delete_network_interface(region, params):
    id = params["NetworkInterfaceId"]
    if "Attachment" in region.get("interface", id):
        raise refused("InvalidNetworkInterface.InUse", f"Network interface '{id}' is currently in use.")
    del region.kept["interface"][id]
    return {}


def modify_network_interface_attribute(region, params):
    interface = region.get("interface", params["NetworkInterfaceId"])
    if "Groups" in params:
        groups = [region.get("group", id) for id in params["Groups"]]
        interface["Groups"] = [{"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in groups]
    if "SourceDestCheck" in params:
        interface["SourceDestCheck"] = params["SourceDestCheck"]["Value"]
    if "Description" in params:
        interface["Description"] = params["Description"]["Value"]
    return {}


ACTIONS = {
    "DescribeNetworkInterfaces": describe_network_interfaces,
    "CreateNetworkInterface": create_network_interface,
    "DeleteNetworkInterface": delete_network_interface,
    "ModifyNetworkInterfaceAttribute": modify_network_interface_attribute,
}
