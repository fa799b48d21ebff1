"""RunInstances: once for each client token."""

import base64
import datetime
import json

from front.errors import refused
from front.ec2.compute import spot, states, volumes
from front.ec2.network import interfaces
from front.ec2.compute.capacity import check_quota, is_exhausted, no_capacity
from front.ec2.compute.instances import reservation
from front.ec2.compute.launch import plan


def run_instances(region, params):
    token = params.get("ClientToken")
    print_of = json.dumps({name: value for name, value in params.items() if name != "ClientToken"}, sort_keys=True, default=str)
    if token and token in region.tokens:
        first, ids = region.tokens[token]
        if first != print_of:
            raise refused(
                "IdempotentParameterMismatch",
                f"Arguments on this idempotent request are inconsistent with arguments used in previous request(s). Token: {token}",
            )
        kept = [region.known("instance", id) for id in ids]
        return reservation(region, [instance for instance in kept if instance is not None])
    wanted = plan(region, params)
    if params.get("DryRun"):
        raise refused("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    check_quota(region, wanted["type"], wanted["count"], wanted["spot"] is not None)
    subnet = _subnet_with_room(region, wanted)
    made = launch(region, wanted, subnet)
    if token:
        region.tokens[token] = (print_of, [instance["InstanceId"] for instance in made])
    return reservation(region, made)


def _subnet_with_room(region, wanted):
    is_spot = wanted["spot"] is not None
    for subnet in wanted["candidates"]:
        if not is_exhausted(region, wanted["type"], subnet.availability_zone, is_spot):
            return subnet
    raise no_capacity(region, wanted["type"], wanted["candidates"][0].availability_zone, is_spot, wanted["asked"])


def launch(region, wanted, subnet):
    reservation_id = f"r-{region.new_id('instance')[2:]}"
    return [_instance(region, wanted, subnet, reservation_id, index) for index in range(wanted["count"])]


def _instance(region, wanted, first_subnet, reservation_id, index):
    params, image, tags = wanted["params"], wanted["image"], wanted["tags"]
    id = region.new_id("instance")
    metadata = {
        "HttpTokens": "optional",
        "HttpPutResponseHopLimit": 1,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
    }
    instance = {
        "InstanceId": id,
        "ImageId": image["ImageId"],
        "State": states.told("pending"),
        "AmiLaunchIndex": index,
        "InstanceType": wanted["type"],
        "LaunchTime": datetime.datetime.now(datetime.timezone.utc),
        "Placement": {
            "AvailabilityZone": first_subnet.availability_zone,
            "Tenancy": params.get("Placement", {}).get("Tenancy", "default"),
            "GroupName": "",
        },
        "Monitoring": {"State": "enabled" if params.get("Monitoring", {}).get("Enabled") else "disabled"},
        "Architecture": image["Architecture"],
        "RootDeviceType": "ebs",
        "RootDeviceName": image["RootDeviceName"],
        "VirtualizationType": "hvm",
        "Hypervisor": "xen",
        "EnaSupport": True,
        "EbsOptimized": params.get("EbsOptimized", False),
        "PlatformDetails": "Linux/UNIX",
        "ClientToken": params.get("ClientToken", ""),
        "MetadataOptions": {"State": "applied", **metadata, **params.get("MetadataOptions", {})},
        "HibernationOptions": {"Configured": params.get("HibernationOptions", {}).get("Configured", False)},
        "Tags": tags.get("instance", []),
        "_reservation": reservation_id,
        "_userData": params.get("UserData"),
        "_userDataBytes": wanted["userData"],
        "_terminationProtected": params.get("DisableApiTermination", False),
        "_stopProtected": params.get("DisableApiStop", False),
        "_shutdownBehavior": params.get("InstanceInitiatedShutdownBehavior", "stop"),
        "_credits": params.get("CreditSpecification", {}).get(
            "CpuCredits", "unlimited" if wanted["type"][:2] in ("t3", "t4") else "standard"
        ),
        "_console": None,
        "_plan": wanted,
    }
    if "KeyName" in params:
        instance["KeyName"] = params["KeyName"]
    if wanted["profile"]:
        instance["IamInstanceProfile"] = wanted["profile"]
    region.keep("instance", id, instance)
    for each in wanted["interfaces"]:
        _interface(region, wanted, instance, each, first_subnet)
    for device, ebs in wanted["disks"].items():
        volume = volumes.create(
            region, ebs["_wanted"], first_subnet.availability_zone, list(tags.get("volume", [])), ebs.get("SnapshotId", "")
        )
        volumes.attach(volume, id, device, ebs["DeleteOnTermination"])
    if wanted["spot"] is not None:
        spot.request_of(region, wanted, instance)
    states.enter(region, instance, "pending")
    return instance


def _interface(region, wanted, instance, each, first_subnet):
    spec, subnet = each["spec"], each["subnet"] or first_subnet
    made = interfaces.create(
        region,
        subnet,
        each["groups"],
        list(wanted["tags"].get("network-interface", [])),
        spec.get("PrivateIpAddress"),
        spec.get("Ipv6AddressCount", 1 if subnet.assign_ipv6_address_on_creation else 0),
        spec.get("Description", ""),
    )
    only = len(wanted["interfaces"]) == 1
    made["_auto"] = spec.get("AssociatePublicIpAddress", only and subnet.map_public_ip_on_launch in (True, "true"))
    interfaces.attach(made, instance["InstanceId"], spec["DeviceIndex"], spec.get("DeleteOnTermination", True))


def user_data_of(instance):
    data = instance["_userDataBytes"]
    return None if data is None else base64.b64encode(data).decode()


ACTIONS = {"RunInstances": run_instances}
