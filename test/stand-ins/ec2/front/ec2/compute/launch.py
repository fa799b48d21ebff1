"""What RunInstances asks for: everything that EC2 refuses is refused here, before anything is made."""

import base64
import binascii

from front.errors import refused
from front.ec2.network import groups as security
from front.ec2.compute import volumes
from front.ec2.images import image
from front.ec2.tags import from_specifications
from front.ec2.types import instance_type, offered

NOT_PLAYED = ("LaunchTemplate", "ElasticGpuSpecification", "ElasticInferenceAccelerators", "KernelId", "RamdiskId", "LicenseSpecifications")
COMBINED = "Network interfaces and an instance-level {} may not be specified on the same request"


def plan(region, params):
    """The launch as a dictionary; raises what EC2 answers."""
    for name in NOT_PLAYED:
        if name in params:
            raise refused("UnsupportedOperation", f"the stand-in does not play {name}")
    least, most = params["MinCount"], params["MaxCount"]
    if not 1 <= least <= most:
        raise refused("InvalidParameterValue", f"Value ({least}) for parameter minCount is invalid. It must be from 1 to maxCount")
    token = params.get("ClientToken", "")
    if len(token) > 64 or not token.isascii():
        raise refused("InvalidParameterValue", "The client token may have at most 64 ASCII characters")
    if "ImageId" not in params:
        raise refused("MissingParameter", "The request must contain the parameter ImageId")
    found = image(region, params["ImageId"])
    kind = params.get("InstanceType", "m1.small")
    described = instance_type(region, kind)
    if kind not in offered(region.name):
        raise refused(
            "Unsupported",
            "The requested configuration is currently not supported. Please check the documentation for supported configurations.",
        )
    if found["Architecture"] not in described["ProcessorInfo"]["SupportedArchitectures"]:
        raise refused(
            "InvalidParameterValue",
            f"The architecture '{','.join(described['ProcessorInfo']['SupportedArchitectures'])}' "
            "of the specified instance type does not match the "
            f"architecture '{found['Architecture']}' of the specified AMI. Specify "
            "an instance type and an AMI that have matching architectures, and "
            "try again. You can use 'describe-instance-types' or 'describe-images' "
            "to discover the architecture of the instance type or AMI.",
        )
    if "KeyName" in params:
        region.get("key", params["KeyName"])
    spot = _spot(region, params)
    allowed = ["instance", "volume", "network-interface", *(["spot-instances-request"] if spot else [])]
    wanted = {
        "params": params,
        "count": most,
        "image": found,
        "type": kind,
        "described": described,
        "spot": spot,
        "tags": from_specifications(params, allowed),
        "userData": _user_data(params),
        "profile": _profile(region, params),
        "disks": _disks(found, params),
    }
    _extras(wanted)
    return {**wanted, **_network(region, params, kind)}


def _spot(region, params):
    market = params.get("InstanceMarketOptions")
    if market is None:
        return None
    if market.get("MarketType") != "spot":
        raise refused("InvalidParameterValue", f"Value ({market.get('MarketType')}) for parameter MarketType is invalid.")
    options = {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate", **market.get("SpotOptions", {})}
    if options["InstanceInterruptionBehavior"] != "terminate" and options["SpotInstanceType"] != "persistent":
        raise refused("InvalidParameterCombination", "The interruption behavior stop or hibernate needs a persistent Spot request.")
    if "ValidUntil" in options and options["SpotInstanceType"] != "persistent":
        raise refused("InvalidParameterCombination", "ValidUntil is only for persistent requests")
    if "BlockDurationMinutes" in options:
        raise refused("InvalidParameterValue", "Spot blocks (BlockDurationMinutes) are not supported any more")
    if "MaxPrice" in options:
        from front.ec2.compute.spot import price

        try:
            offer = float(options["MaxPrice"])
        except ValueError:
            raise refused("InvalidParameterValue", f"Invalid spot price: {options['MaxPrice']}") from None
        if offer < price(params.get("InstanceType", "m1.small")):
            raise refused(
                "SpotMaxPriceTooLow",
                f"Your Spot request price of {offer:g} is lower than the minimum required Spot "
                f"request fulfillment price of {price(params.get('InstanceType', 'm1.small')):g}.",
            )
    return options


def _user_data(params):
    text = params.get("UserData")
    if text is None:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise refused("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from None
    if len(data) > 16384:
        raise refused("InvalidParameterValue", "User data is limited to 16384 bytes")
    return data


def _profile(region, params):
    wanted = params.get("IamInstanceProfile")
    if wanted is None or not any(wanted.values()):  # EC2 takes an empty name for none
        return None
    if len(wanted) != 1:
        raise refused("InvalidParameterCombination", "The parameter iamInstanceProfile takes a name or an ARN, not both")
    name = wanted.get("Name") or wanted["Arn"].rsplit("/", 1)[-1]
    if name not in region.account.profiles:
        field = "name" if "Name" in wanted else "arn"
        raise refused(
            "InvalidParameterValue",
            f"Value ({wanted.get('Name') or wanted['Arn']}) for parameter "
            f"iamInstanceProfile.{field} is invalid. Invalid IAM Instance Profile {field}",
        )
    return {"Arn": f"arn:aws:iam::{region.account.id}:instance-profile/{name}", "Id": "AIPASTANDIN"}


def _disks(found, params):
    root = found["BlockDeviceMappings"][0]
    disks = {root["DeviceName"]: dict(root["Ebs"])}
    seen = set()
    for mapping in params.get("BlockDeviceMappings", []):
        device = mapping.get("DeviceName")
        if device is None or device in seen:
            raise refused("InvalidBlockDeviceMapping", f"Invalid or duplicate device name '{device}'")
        seen.add(device)
        ebs = dict(mapping.get("Ebs", {}))
        if device == root["DeviceName"]:
            if "Encrypted" in ebs and ebs["Encrypted"] is False and "KmsKeyId" in ebs:
                raise refused("InvalidParameterDependency", "The parameter [KmsKeyId] requires the parameter Encrypted to be set.")
            if ebs.get("SnapshotId", disks[device]["SnapshotId"]) != disks[device]["SnapshotId"]:
                raise refused("InvalidSnapshot.NotFound", f"The snapshot '{ebs['SnapshotId']}' does not exist.")
            size = ebs.get("VolumeSize", root["Ebs"]["VolumeSize"])
            if size < root["Ebs"]["VolumeSize"]:
                raise refused(
                    "InvalidBlockDeviceMapping",
                    f"Volume of size {size}GB is smaller than snapshot "
                    f"'{root['Ebs']['SnapshotId']}', expect size>= {root['Ebs']['VolumeSize']}GB",
                )
            disks[device].update(ebs)
        elif "VirtualName" not in mapping and "NoDevice" not in mapping:
            if "VolumeSize" not in ebs:
                raise refused("MissingParameter", "The request must contain the parameter size or snapshotId")
            disks[device] = {"DeleteOnTermination": False, "VolumeType": "gp2", **ebs}
    return {device: {**ebs, "_wanted": volumes.settings(ebs, ebs["VolumeSize"])} for device, ebs in disks.items()}


def _extras(wanted):
    params, described = wanted["params"], wanted["described"]
    if "CreditSpecification" in params and not described["BurstablePerformanceSupported"]:
        raise refused("InvalidParameterCombination", f"The instance type {wanted['type']} does not support credit specifications")
    if params.get("HibernationOptions", {}).get("Configured"):
        root = wanted["disks"][wanted["image"]["RootDeviceName"]]
        if not described["HibernationSupported"] or not root["_wanted"]["Encrypted"]:
            raise refused("UnsupportedHibernationConfiguration", "Hibernation needs a type that supports it and an encrypted root volume")
    limit = params.get("MetadataOptions", {}).get("HttpPutResponseHopLimit", 1)
    if not 1 <= limit <= 64:
        raise refused("InvalidParameterValue", f"Value ({limit}) for parameter httpPutResponseHopLimit is invalid. Expecting 1 to 64")
    placed = params.get("Placement", {})
    if "GroupName" in placed or "HostId" in placed:
        raise refused(
            "InvalidPlacementGroup.Unknown", "The Placement Group " f"'{placed.get('GroupName', placed.get('HostId'))}' is unknown."
        )


def _network(region, params, kind):
    specs = params.get("NetworkInterfaces", [])
    if specs:
        for name, said in (
            ("SubnetId", "subnet ID"),
            ("SecurityGroupIds", "security groups"),
            ("SecurityGroups", "security groups"),
            ("PrivateIpAddress", "private address"),
            ("Ipv6AddressCount", "IPv6 address count"),
        ):
            if name in params:
                raise refused("InvalidParameterCombination", COMBINED.format(said))
        if sorted(spec.get("DeviceIndex", -1) for spec in specs) != list(range(len(specs))):
            raise refused("InvalidParameterValue", "Each network interface needs a device index, from 0 on and each once")
        if len(specs) > 1 and any("AssociatePublicIpAddress" in spec for spec in specs):
            raise refused(
                "InvalidParameterCombination",
                "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.",
            )
    else:
        specs = [{"DeviceIndex": 0, "Groups": params.get("SecurityGroupIds", [])}]
        for name in ("SubnetId", "PrivateIpAddress", "Ipv6AddressCount"):
            if name in params:
                specs[0][name] = params[name]
    zone = params.get("Placement", {}).get("AvailabilityZone")
    if zone is not None and zone not in region.zones():
        raise refused("InvalidParameterValue", f"Invalid availability zone: [{zone}]")
    candidates = _candidates(region, specs, zone, kind)
    if "SecurityGroups" in params:
        if "SubnetId" in params:
            raise refused("InvalidParameterCombination", "The parameter groupName cannot be used with the parameter subnet")
        specs[0]["Groups"] = [
            *specs[0].get("Groups", []),
            *(security._named(region, {"GroupName": name})["GroupId"] for name in params["SecurityGroups"]),
        ]
    return {
        "candidates": candidates,
        "asked": zone is not None or "SubnetId" in specs[0],
        "interfaces": [_interface(region, spec, candidates[0], kind) for spec in specs],
    }


def _candidates(region, specs, zone, kind):
    """The subnets of the first interface that the launch may take."""
    for spec in specs:
        if "NetworkInterfaceId" in spec:
            raise refused("UnsupportedOperation", "the stand-in does not play launches onto interfaces that are already there")
    if "SubnetId" in specs[0]:
        subnets = [region.subnet(specs[0]["SubnetId"])]
        if zone is not None and subnets[0].availability_zone != zone:
            raise refused(
                "InvalidParameterValue",
                f"The availability zone '{zone}' is not that of the subnet '{subnets[0].id}', which is in {subnets[0].availability_zone}",
            )
    else:
        default = region.default_vpc()
        if default is None:
            raise refused(
                "VPCIdNotSpecified", "No default VPC for this user. GroupName is only " "supported for EC2-Classic and default VPC."
            )
        subnets = [
            subnet
            for subnet in region.subnets()
            if subnet.default_for_az and subnet.vpc_id == default.id and zone in (None, subnet.availability_zone)
        ]
        if not subnets and zone is not None:
            raise refused("InvalidInput", f"No default subnet for availability zone: '{zone}'.")
        if not subnets:
            raise refused("MissingInput", f"No subnets found for the default VPC '{default.id}'. Please specify a subnet.")
    zones = offered(region.name)[kind]
    able = [subnet for subnet in subnets if subnet.availability_zone in zones]
    if not able:
        raise refused(
            "Unsupported",
            f"Your requested instance type ({kind}) is not supported in your requested "
            f"Availability Zone ({subnets[0].availability_zone}). Please retry "
            f"your request by not specifying an Availability Zone or choosing {', '.join(zones)}.",
        )
    return able


def _interface(region, spec, first, kind):
    subnet = region.subnet(spec["SubnetId"]) if "SubnetId" in spec else first
    if subnet.availability_zone != first.availability_zone:
        raise refused("InvalidParameterValue", "The network interfaces are in different availability zones")
    found = [security.group(region, id) for id in spec.get("Groups", [])]
    for each in found:
        if each["VpcId"] != subnet.vpc_id:
            raise refused("InvalidParameter", f"Security group {each['GroupId']} and subnet {subnet.id} belong to different networks.")
    if "Ipv6AddressCount" in spec and not subnet.ipv6_cidr_block_associations:
        raise refused("InvalidParameterValue", f"The subnet '{subnet.id}' has no IPv6 CIDR block")
    return {
        "spec": spec,
        "subnet": subnet if "SubnetId" in spec else None,
        "groups": found or [security.default_group(region, subnet.vpc_id)],
    }
