"""Volumes: with their instance, or by themselves."""

from front.errors import refused
from front.ec2.filters import matching, public
from front.ec2.filters import page
from front.ec2.tags import from_specifications

# least and most GiB, default and most IOPS
LIMITS = {
    "gp2": (1, 16384),
    "gp3": (1, 65536),
    "io1": (4, 16384),
    "io2": (4, 65536),
    "st1": (125, 16384),
    "sc1": (125, 16384),
    "standard": (1, 1024),
}


def settings(ebs, size):
    """Type, size, IOPS and throughput of a new volume, refused as EC2 does."""
    kind = ebs.get("VolumeType", "gp2")
    least, most = LIMITS[kind]
    if not least <= size <= most:
        raise refused("InvalidParameterValue", f"Volume of {size}GiB is invalid for type {kind}; expect {least} to {most} GiB")
    iops, throughput = ebs.get("Iops"), ebs.get("Throughput")
    if iops is not None and kind not in ("gp3", "io1", "io2"):
        raise refused("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")
    if iops is None and kind in ("io1", "io2"):
        raise refused("MissingParameter", f"The parameter iops must be specified for {kind} volumes.")
    if throughput is not None and kind != "gp3":
        raise refused("InvalidParameterCombination", f"The parameter throughput is not supported for {kind} volumes.")
    if kind == "gp3":
        iops = 3000 if iops is None else iops
        throughput = 125 if throughput is None else throughput
        if iops < 3000 or iops > 80000:
            raise refused("InvalidParameterValue", f"Volume iops of {iops} is invalid; expect 3000 to 80000 for gp3")
        if iops > 3000 and iops > 500 * size:
            raise refused(
                "InvalidParameterCombination", f"Iops to volume size ratio of {iops / size:f} is too high; maximum is 500 IOPS per GiB"
            )
        if throughput < 125 or throughput > 2000:
            raise refused("InvalidParameterValue", f"Throughput of {throughput} MiB/s is invalid; expect 125 to 2000 for gp3")
        if throughput > iops * 0.25:
            raise refused(
                "InvalidParameterCombination",
                f"Throughput (MiBps) to iops ratio of {throughput / iops:f} is too high; maximum is 0.250000 MiBps per iops",
            )
    if kind == "gp2":
        iops = min(16000, max(100, 3 * size))
    found = {"VolumeType": kind, "Size": size, "Encrypted": ebs.get("Encrypted", False) or "KmsKeyId" in ebs}
    return {**found, **({"Iops": iops} if iops else {}), **({"Throughput": throughput} if throughput else {})}


def create(region, wanted, zone, tags, snapshot=""):
    id = region.new_id("volume")
    return region.keep(
        "volume",
        id,
        {
            "VolumeId": id,
            **wanted,
            "SnapshotId": snapshot,
            "AvailabilityZone": zone,
            "State": "available",
            "CreateTime": "2026-11-30T00:00:00.000Z",
            "Attachments": [],
            "MultiAttachEnabled": False,
            "Tags": tags,
        },
    )


def attach(volume, instance, device, with_instance):
    volume["State"] = "in-use"
    volume["Attachments"] = [
        {
            "VolumeId": volume["VolumeId"],
            "InstanceId": instance,
            "Device": device,
            "State": "attached",
            "DeleteOnTermination": with_instance,
            "AttachTime": "2026-11-30T00:00:00.000Z",
        }
    ]


def of_instance(region, instance):
    return [v for v in region.kept["volume"].values() if any(a["InstanceId"] == instance for a in v["Attachments"])]


FILTERS = {
    "volume-id": lambda v: v["VolumeId"],
    "status": lambda v: v["State"],
    "availability-zone": lambda v: v["AvailabilityZone"],
    "size": lambda v: v["Size"],
    "volume-type": lambda v: v["VolumeType"],
    "encrypted": lambda v: v["Encrypted"],
    "snapshot-id": lambda v: v["SnapshotId"],
    "attachment.instance-id": lambda v: [a["InstanceId"] for a in v["Attachments"]],
    "attachment.device": lambda v: [a["Device"] for a in v["Attachments"]],
    "attachment.status": lambda v: [a["State"] for a in v["Attachments"]],
    "attachment.delete-on-termination": lambda v: [a["DeleteOnTermination"] for a in v["Attachments"]],
}


def describe_volumes(region, params):
    volumes = matching(region.chosen("volume", params.get("VolumeIds")), params.get("Filters"), FILTERS)
    return page(public(volumes), params, "Volumes", with_ids=("VolumeIds",))


def create_volume(region, params):
    tags = from_specifications(params, ["volume"]).get("volume", [])
    if params.get("AvailabilityZone") not in region.zones():
        raise refused("InvalidZone.NotFound", f"The zone '{params.get('AvailabilityZone')}' does not exist.")
    if "Size" not in params and "SnapshotId" not in params:
        raise refused("MissingParameter", "The request must contain the parameter size/snapshot")
    volume = create(region, settings(params, params.get("Size", 8)), params["AvailabilityZone"], tags, params.get("SnapshotId", ""))
    return public(volume)


def delete_volume(region, params):
    volume = region.get("volume", params["VolumeId"])
    if volume["Attachments"]:
        raise refused("VolumeInUse", f"Volume {params['VolumeId']} is currently attached to {volume['Attachments'][0]['InstanceId']}")
    del region.kept["volume"][params["VolumeId"]]
    return {}


ACTIONS = {"DescribeVolumes": describe_volumes, "CreateVolume": create_volume, "DeleteVolume": delete_volume}
