"""Instances as Describe calls tell them."""

import base64

from front.ec2.compute import spot, states, volumes
from front.ec2.network import interfaces
from front.ec2.filters import matching, page, public


def told(region, instance):
    """An instance with its volumes, interfaces and addresses."""
    id = instance["InstanceId"]
    shown = public(instance)
    attached = interfaces.of_instance(region, id)
    shown["BlockDeviceMappings"] = [_disk(volume) for volume in volumes.of_instance(region, id)]
    shown["NetworkInterfaces"] = [_interface(each) for each in attached]
    shown["SecurityGroups"] = public(attached[0]["Groups"]) if attached else []
    shown["PrivateDnsName"] = shown["PublicDnsName"] = ""
    if attached:
        first = attached[0]
        shown.update({"SubnetId": first["SubnetId"], "VpcId": first["VpcId"], "SourceDestCheck": first["SourceDestCheck"]})
        shown["PrivateIpAddress"] = first["PrivateIpAddress"]
        end = "ec2.internal" if region.name == "us-east-1" else f"{region.name}.compute.internal"
        shown["PrivateDnsName"] = f"ip-{first['PrivateIpAddress'].replace('.', '-')}.{end}"
        if "Association" in first:
            shown["PublicIpAddress"] = first["Association"]["PublicIp"]
            shown["PublicDnsName"] = first["Association"]["PublicDnsName"]
        if first["Ipv6Addresses"]:
            shown["Ipv6Address"] = first["Ipv6Addresses"][0]["Ipv6Address"]
    return shown


def _disk(volume):
    attachment = volume["Attachments"][0]
    ebs = {name: attachment[name] for name in ("VolumeId", "DeleteOnTermination", "AttachTime")}
    return {"DeviceName": attachment["Device"], "Ebs": {**ebs, "Status": "attached"}}


def _interface(interface):
    names = (
        "NetworkInterfaceId",
        "SubnetId",
        "VpcId",
        "Description",
        "MacAddress",
        "OwnerId",
        "PrivateIpAddress",
        "SourceDestCheck",
        "Status",
        "Groups",
        "Ipv6Addresses",
        "InterfaceType",
    )
    shown = {name: interface[name] for name in names}
    attachment = {name: value for name, value in interface["Attachment"].items() if name not in ("InstanceId", "InstanceOwnerId")}
    shown["Attachment"] = attachment
    shown["PrivateIpAddresses"] = [dict(address) for address in interface["PrivateIpAddresses"]]
    if "Association" in interface:
        association = {name: interface["Association"][name] for name in ("PublicIp", "PublicDnsName", "IpOwnerId")}
        shown["Association"] = association
        shown["PrivateIpAddresses"][0]["Association"] = association
    return public(shown)


def reservation(region, instances):
    first = instances[0] if instances else {}
    return {
        "ReservationId": first.get("_reservation", ""),
        "OwnerId": region.account.id,
        "Groups": [],
        "Instances": [told(region, instance) for instance in instances],
    }


FILTERS = {
    "instance-id": lambda i: i["InstanceId"],
    "instance-state-name": lambda i: i["State"]["Name"],
    "instance-state-code": lambda i: i["State"]["Code"],
    "client-token": lambda i: i["ClientToken"],
    "image-id": lambda i: i["ImageId"],
    "instance-type": lambda i: i["InstanceType"],
    "instance-lifecycle": lambda i: i.get("InstanceLifecycle"),
    "spot-instance-request-id": lambda i: i.get("SpotInstanceRequestId"),
    "vpc-id": lambda i: i.get("VpcId"),
    "subnet-id": lambda i: i.get("SubnetId"),
    "availability-zone": lambda i: i["Placement"]["AvailabilityZone"],
    "private-ip-address": lambda i: i.get("PrivateIpAddress"),
    "ip-address": lambda i: i.get("PublicIpAddress"),
    "dns-name": lambda i: i.get("PublicDnsName"),
    "private-dns-name": lambda i: i.get("PrivateDnsName"),
    "key-name": lambda i: i.get("KeyName"),
    "architecture": lambda i: i["Architecture"],
    "root-device-name": lambda i: i["RootDeviceName"],
    "instance.group-id": lambda i: [group["GroupId"] for group in i["SecurityGroups"]],
    "instance.group-name": lambda i: [group["GroupName"] for group in i["SecurityGroups"]],
    "network-interface.network-interface-id": lambda i: [each["NetworkInterfaceId"] for each in i["NetworkInterfaces"]],
    "block-device-mapping.volume-id": lambda i: [each["Ebs"]["VolumeId"] for each in i["BlockDeviceMappings"]],
    "iam-instance-profile.arn": lambda i: i.get("IamInstanceProfile", {}).get("Arn"),
    "tenancy": lambda i: i["Placement"]["Tenancy"],
}


def describe_instances(region, params):
    spot.fulfil_open(region)
    found = region.chosen("instance", params.get("InstanceIds"))
    for instance in found:
        states.tick(region, instance)
    kept = [instance for instance in found if instance["InstanceId"] in region.kept["instance"]]
    shown = matching([{**told(region, i), "_of": i["_reservation"]} for i in kept], params.get("Filters"), FILTERS)
    answer = page(shown, params, "Reservations", with_ids=("InstanceIds",))
    grouped = {}
    for each in answer["Reservations"]:
        entry = grouped.setdefault(each.pop("_of"), {"OwnerId": region.account.id, "Groups": [], "Instances": []})
        entry["Instances"].append(each)
    answer["Reservations"] = [{"ReservationId": id, **entry} for id, entry in grouped.items()]
    return answer


STATUS_FILTERS = {
    "instance-state-name": lambda row: row["InstanceState"]["Name"],
    "instance-state-code": lambda row: row["InstanceState"]["Code"],
    "availability-zone": lambda row: row["AvailabilityZone"],
    "instance-status.status": lambda row: row["InstanceStatus"]["Status"],
    "system-status.status": lambda row: row["SystemStatus"]["Status"],
}


def describe_instance_status(region, params):
    found = region.chosen("instance", params.get("InstanceIds"))
    for instance in found:
        states.tick(region, instance)
    rows = [_status(i) for i in found if params.get("IncludeAllInstances") or i["State"]["Name"] == "running"]
    return page(matching(rows, params.get("Filters"), STATUS_FILTERS), params, "InstanceStatuses", with_ids=("InstanceIds",))


def _status(instance):
    up = instance["State"]["Name"] == "running"
    summary = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]} if up else {"Status": "not-applicable"}
    return {
        "InstanceId": instance["InstanceId"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "InstanceState": instance["State"],
        "InstanceStatus": summary,
        "SystemStatus": summary,
    }


def get_console_output(region, params):
    instance = region.get("instance", params["InstanceId"])
    answer = {"InstanceId": params["InstanceId"], "Timestamp": "2026-11-30T00:00:00.000Z"}
    if instance["_console"] is not None:
        answer["Output"] = base64.b64encode(instance["_console"].encode()).decode()
    return answer


ACTIONS = {
    "DescribeInstances": describe_instances,
    "DescribeInstanceStatus": describe_instance_status,
    "GetConsoleOutput": get_console_output,
}
