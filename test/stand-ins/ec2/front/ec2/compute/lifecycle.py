"""Start, stop, reboot and terminate, and what may be changed of an instance."""

import base64

from front.errors import refused
from front.ec2.compute import volumes
from front.ec2.network import interfaces
from front.ec2.compute.capacity import check_quota, is_exhausted, no_capacity
from front.ec2.compute.states import USER_STOP, enter, tick
from front.ec2.types import instance_type, offered


def _chosen(region, params):
    if not params.get("InstanceIds"):
        raise refused("MissingParameter", "The request must contain the parameter InstanceId")
    return [region.get("instance", id) for id in params["InstanceIds"]]


def _refuse_state(region, instance, verb):
    tick(region, instance)
    raise refused("IncorrectInstanceState", f"The instance '{instance['InstanceId']}' is not in a state from which it can be {verb}.")


def _change(region, instances, name, untouched):
    changes = []
    for instance in instances:
        before = instance["State"]
        if before["Name"] not in untouched:
            enter(region, instance, name)
        changes.append({"InstanceId": instance["InstanceId"], "PreviousState": before, "CurrentState": instance["State"]})
    return changes


def start_instances(region, params):
    instances = _chosen(region, params)
    for instance in instances:
        if instance["State"]["Name"] not in ("stopped", "pending", "running"):
            _refuse_state(region, instance, "started")
        spot = instance.get("InstanceLifecycle") == "spot"
        request = region.known("spot", instance.get("SpotInstanceRequestId"))
        if request is not None and request["State"] == "cancelled" and instance["State"]["Name"] == "stopped":
            raise refused(
                "IncorrectSpotRequestState", f"The Spot request {request['SpotInstanceRequestId']} " "of the instance is cancelled"
            )
        if instance["State"]["Name"] == "stopped":
            check_quota(region, instance["InstanceType"], 1, spot)
            zone = instance["Placement"]["AvailabilityZone"]
            if is_exhausted(region, instance["InstanceType"], zone, spot):
                raise no_capacity(region, instance["InstanceType"], zone, spot, True)
    for instance in instances:
        instance.pop("StateReason", None)
        instance["StateTransitionReason"] = ""
    return {"StartingInstances": _change(region, instances, "pending", ("pending", "running"))}


def stop_instances(region, params):
    instances = _chosen(region, params)
    for instance in instances:
        id, name = instance["InstanceId"], instance["State"]["Name"]
        if name not in ("running", "stopping", "stopped"):
            _refuse_state(region, instance, "stopped")
        if instance["_stopProtected"]:
            raise refused(
                "OperationNotPermitted",
                f"The instance '{id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.",
            )
        request = region.known("spot", instance.get("SpotInstanceRequestId"))
        if request is not None and request["Type"] == "one-time":
            raise refused(
                "UnsupportedOperation",
                f"You can't stop the Spot Instance '{id}' because it is associated with a one-time Spot Instance "
                "request. You can only stop Spot Instances associated with persistent Spot Instance requests.",
            )
        if params.get("Hibernate") and not instance["HibernationOptions"]["Configured"]:
            raise refused("UnsupportedHibernationConfiguration", f"The instance '{id}' is not configured for hibernation")
    changes = _change(region, instances, "stopping", ("stopping", "stopped"))
    for instance in instances:
        instance.setdefault("StateReason", dict(USER_STOP))
        instance["StateTransitionReason"] = "User initiated (2026-11-30 00:00:00 GMT)"
    return {"StoppingInstances": changes}


def reboot_instances(region, params):
    instances = _chosen(region, params)
    for instance in instances:
        if instance["State"]["Name"] != "running":
            _refuse_state(region, instance, "rebooted")
    for instance in instances:
        region.world.note(region, instance, "reboot")
    return {}


def terminate_instances(region, params):
    instances = _chosen(region, params)
    for instance in instances:
        if instance["_terminationProtected"] and instance["State"]["Name"] not in ("shutting-down", "terminated"):
            raise refused(
                "OperationNotPermitted",
                f"The instance '{instance['InstanceId']}' may not be terminated. "
                "Modify its 'disableApiTermination' instance attribute and try again.",
            )
    changes = _change(region, instances, "shutting-down", ("shutting-down", "terminated"))
    for instance in instances:
        if "SpotInstance" not in instance.get("StateReason", {}).get("Code", ""):
            instance["StateReason"] = dict(USER_STOP)
        instance["StateTransitionReason"] = "User initiated (2026-11-30 00:00:00 GMT)"
    return {"TerminatingInstances": changes}


def modify_instance_attribute(region, params):
    instance = region.get("instance", params["InstanceId"])
    stopped = instance["State"]["Name"] == "stopped"
    simple = {
        "DisableApiTermination": "_terminationProtected",
        "DisableApiStop": "_stopProtected",
        "InstanceInitiatedShutdownBehavior": "_shutdownBehavior",
    }
    known = {
        *simple,
        "InstanceId",
        "DryRun",
        "Attribute",
        "Value",
        "Groups",
        "SourceDestCheck",
        "InstanceType",
        "UserData",
        "BlockDeviceMappings",
        "EbsOptimized",
    }
    if set(params) - known:
        raise refused("UnsupportedOperation", f"the stand-in does not play {sorted(set(params) - known)}")
    for name, kept in simple.items():
        if name in params:
            instance[kept] = params[name]["Value"]
    first = interfaces.of_instance(region, params["InstanceId"])[0]
    if "SourceDestCheck" in params:
        first["SourceDestCheck"] = params["SourceDestCheck"]["Value"]
    if "Groups" in params:
        groups = [region.get("group", id) for id in params["Groups"]]
        if any(group["VpcId"] != first["VpcId"] for group in groups):
            raise refused("InvalidGroup.NotFound", "The security group is not in the instance's VPC")
        first["Groups"] = [{"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in groups]
    if ("InstanceType" in params or "UserData" in params) and not stopped:
        raise refused("IncorrectInstanceState", f"The instance '{params['InstanceId']}' is not in the 'stopped' state.")
    if "InstanceType" in params:
        kind = params["InstanceType"]["Value"]
        if instance["Architecture"] not in instance_type(region, kind)["ProcessorInfo"]["SupportedArchitectures"] or kind not in offered(
            region.name
        ):
            raise refused("InvalidParameterValue", f"The instance type {kind} does not fit the instance")
        instance["InstanceType"] = kind
    if "UserData" in params:
        data = params["UserData"].get("Value", b"")
        if len(data) > 16384:
            raise refused("InvalidParameterValue", "User data is limited to 16384 bytes")
        instance["_userDataBytes"] = data
    for mapping in params.get("BlockDeviceMappings", []):
        for volume in volumes.of_instance(region, params["InstanceId"]):
            if volume["Attachments"][0]["Device"] == mapping.get("DeviceName") and "DeleteOnTermination" in mapping.get("Ebs", {}):
                volume["Attachments"][0]["DeleteOnTermination"] = mapping["Ebs"]["DeleteOnTermination"]
    return {}


def describe_instance_attribute(region, params):
    instance = region.get("instance", params["InstanceId"])
    data = instance["_userDataBytes"]
    table = {
        "disableApiTermination": {"DisableApiTermination": {"Value": instance["_terminationProtected"]}},
        "disableApiStop": {"DisableApiStop": {"Value": instance["_stopProtected"]}},
        "instanceInitiatedShutdownBehavior": {"InstanceInitiatedShutdownBehavior": {"Value": instance["_shutdownBehavior"]}},
        "instanceType": {"InstanceType": {"Value": instance["InstanceType"]}},
        "userData": {"UserData": {"Value": base64.b64encode(data).decode()} if data else {}},
        "rootDeviceName": {"RootDeviceName": {"Value": instance["RootDeviceName"]}},
    }
    if params["Attribute"] not in table:
        raise refused("UnsupportedOperation", f"the stand-in does not play the attribute {params['Attribute']}")
    return {"InstanceId": params["InstanceId"], **table[params["Attribute"]]}


def modify_instance_metadata_options(region, params):
    options = region.get("instance", params["InstanceId"])["MetadataOptions"]
    options.update({name: value for name, value in params.items() if name not in ("InstanceId", "DryRun")})
    return {"InstanceId": params["InstanceId"], "InstanceMetadataOptions": dict(options)}


def describe_instance_credit_specifications(region, params):
    found = region.chosen("instance", params.get("InstanceIds"))
    return {"InstanceCreditSpecifications": [{"InstanceId": i["InstanceId"], "CpuCredits": i["_credits"]} for i in found]}


ACTIONS = {
    "StartInstances": start_instances,
    "StopInstances": stop_instances,
    "RebootInstances": reboot_instances,
    "TerminateInstances": terminate_instances,
    "ModifyInstanceAttribute": modify_instance_attribute,
    "DescribeInstanceAttribute": describe_instance_attribute,
    "ModifyInstanceMetadataOptions": modify_instance_metadata_options,
    "DescribeInstanceCreditSpecifications": describe_instance_credit_specifications,
}
