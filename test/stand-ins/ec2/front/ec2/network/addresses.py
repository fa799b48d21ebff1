"""Elastic IPs."""

import secrets

from front.errors import refused
from front.ec2.network import interfaces
from front.ec2.filters import matching, public
from front.ec2.tags import from_specifications


def allocate_address(region, params):
    tags = from_specifications(params, ["elastic-ip"]).get("elastic-ip", [])
    if len(region.kept["address"]) >= region.account.limits["addresses"]:
        raise refused("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    id, ip = region.new_id("address"), interfaces.public_address(region)
    address = {"AllocationId": id, "PublicIp": ip, "Domain": "vpc", "PublicIpv4Pool": "amazon", "NetworkBorderGroup": region.name}
    region.keep("address", id, {**address, "Tags": tags})
    return address


def _address(region, params):
    if "AllocationId" in params:
        return region.get("address", params["AllocationId"])
    if "PublicIp" not in params:
        raise refused("MissingParameter", "Either public IP or allocation id must be specified")
    for address in region.kept["address"].values():
        if address["PublicIp"] == params["PublicIp"]:
            return address
    raise refused("InvalidAddress.NotFound", f"Address '{params['PublicIp']}' not found.")


def associate_address(region, params):
    address = _address(region, params)
    if "NetworkInterfaceId" in params:
        interface = region.get("interface", params["NetworkInterfaceId"])
    elif "InstanceId" in params:
        interface = _first_interface(region, params["InstanceId"])
    else:
        raise refused("MissingParameter", "Either instance ID or network interface id must be specified")
    if "_interface" in address and address["_interface"] != interface["NetworkInterfaceId"] and not params.get("AllowReassociation", False):
        raise refused(
            "Resource.AlreadyAssociated",
            f"resource {address['AllocationId']} is already associated with associate-id {address['AssociationId']}",
        )
    disconnect(region, address)
    address["AssociationId"] = f"eipassoc-0{secrets.token_hex(8)}"
    address["_interface"] = interface["NetworkInterfaceId"]
    interfaces.set_public(region, interface, address["PublicIp"], address)
    return {"AssociationId": address["AssociationId"]}


def _first_interface(region, id):
    from front.ec2.compute.states import tick

    instance = region.get("instance", id)
    if instance["State"]["Name"] not in ("running", "stopped"):
        name = instance["State"]["Name"]
        tick(region, instance)
        raise refused("InvalidInstanceID", f"The {name} instance '{id}' is not in a valid state for this operation.")
    return interfaces.of_instance(region, id)[0]


def disconnect(region, address):
    """Takes an address from what has it. An instance that had an address of its own gets a new one."""
    interface = region.known("interface", address.pop("_interface", None))
    address.pop("AssociationId", None)
    if interface is None:
        return
    interfaces.set_public(region, interface, None)
    instance = region.known("instance", interface.get("Attachment", {}).get("InstanceId"))
    if instance is not None and interface.get("_auto") and instance["State"]["Name"] == "running":
        interfaces.set_public(region, interface, interfaces.public_address(region))


def disassociate_address(region, params):
    if "AssociationId" in params:
        address = next((each for each in region.kept["address"].values() if each.get("AssociationId") == params["AssociationId"]), None)
        if address is None:
            raise refused("InvalidAssociationID.NotFound", f"The association ID '{params['AssociationId']}' does not exist")
    else:
        address = _address(region, params)
    disconnect(region, address)
    return {}


def release_address(region, params):
    address = _address(region, params)
    if "_interface" in address:
        raise refused("InvalidIPAddress.InUse", f"Address {address['PublicIp']} is in use.")
    del region.kept["address"][address["AllocationId"]]
    return {}


def _told(region, address):
    shown = public(address)
    interface = region.known("interface", address.get("_interface"))
    if interface is not None:
        shown["NetworkInterfaceId"] = interface["NetworkInterfaceId"]
        shown["NetworkInterfaceOwnerId"] = region.account.id
        shown["PrivateIpAddress"] = interface["PrivateIpAddress"]
        if "Attachment" in interface:
            shown["InstanceId"] = interface["Attachment"]["InstanceId"]
    return shown


FILTERS = {
    "allocation-id": lambda a: a["AllocationId"],
    "association-id": lambda a: a.get("AssociationId"),
    "public-ip": lambda a: a["PublicIp"],
    "instance-id": lambda a: a.get("InstanceId"),
    "network-interface-id": lambda a: a.get("NetworkInterfaceId"),
    "private-ip-address": lambda a: a.get("PrivateIpAddress"),
    "domain": lambda a: a["Domain"],
}


def describe_addresses(region, params):
    found = region.chosen("address", params.get("AllocationIds"))
    for ip in params.get("PublicIps", []):
        if all(address["PublicIp"] != ip for address in found):
            raise refused("InvalidAddress.NotFound", f"Address '{ip}' not found.")
    if params.get("PublicIps"):
        found = [address for address in found if address["PublicIp"] in params["PublicIps"]]
    return {"Addresses": matching([_told(region, address) for address in found], params.get("Filters"), FILTERS)}


ACTIONS = {
    "AllocateAddress": allocate_address,
    "AssociateAddress": associate_address,
    "DisassociateAddress": disassociate_address,
    "ReleaseAddress": release_address,
    "DescribeAddresses": describe_addresses,
}
