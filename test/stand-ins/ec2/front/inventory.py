"""Everything that exists, one line each, for comparing before and after. What a region has by itself is not listed."""

from front.ec2.filters import tags_of


def lines(world):
    """Sorted lines. Terminated instances have gone; ids and tags are in the lines."""
    found = []
    for account in world.accounts.values():
        for region in account.regions.values():
            found.extend(f"{account.id} {region.name} {line}" for line in _of_region(region))
    return sorted(found)


def _of_region(region):
    kept = region.kept
    for instance in kept["instance"].values():
        state = instance["State"]["Name"]
        if state != "terminated":
            yield f"instance {instance['InstanceId']} {state} {instance['InstanceType']} {_tags(instance)}"
    for volume in kept["volume"].values():
        yield f"volume {volume['VolumeId']} {volume['State']} {_tags(volume)}"
    for interface in kept["interface"].values():
        yield f"interface {interface['NetworkInterfaceId']} {interface['Status']} {_tags(interface)}"
    for group in kept["group"].values():
        if group["GroupName"] != "default":
            rules = sum(not rule["egress"] for rule in group["_rules"])
            yield f"group {group['GroupId']} {group['GroupName']} rules={rules} {_tags(group)}"
    for address in kept["address"].values():
        yield f"address {address['AllocationId']} {'associated' if '_interface' in address else 'free'} {_tags(address)}"
    for key in kept["key"].values():
        yield f"key {key['KeyPairId']} {key['KeyName']} {_tags(key)}"
    for spot in kept["spot"].values():
        if spot["State"] in ("open", "active"):
            yield f"spot {spot['SpotInstanceRequestId']} {spot['State']} {_tags(spot)}"
    for vpc in region.moto.vpcs.values():
        if not vpc.is_default:
            yield f"vpc {vpc.id} {vpc.cidr_block} {{}}"


def _tags(item):
    return "{" + ", ".join(f"{name}={value}" for name, value in sorted(tags_of(item).items())) + "}"
