"""Images of Canonical, Debian and Amazon, with ids that differ by region as the real ones do."""

import hashlib

from front.errors import refused
from front.ec2.filters import matching, page, public

CANONICAL, DEBIAN, AMAZON = "099720109477", "136693071363", "137112412989"
LINUX = {"amd64": "x86_64", "arm64": "arm64"}


def _ubuntu(version, code, disk):
    for build in ("20261001", "20261112"):
        for arch, architecture in LINUX.items():
            name = f"ubuntu/images/{disk}/ubuntu-{code}-{version}-{arch}-server-{build}"
            yield CANONICAL, name, architecture, "/dev/sda1", 8, build, f"Canonical, Ubuntu, {version}, {arch} {code} image"


def _debian(version, build):
    for arch, architecture in LINUX.items():
        yield DEBIAN, f"debian-{version}-{arch}-{build}-2293", architecture, "/dev/xvda", 8, build, f"Debian {version} ({build}-2293)"


def _amazon(name, size, build, extra=""):
    for architecture in LINUX.values():
        yield AMAZON, name.format(architecture), architecture, "/dev/xvda", size, build, f"Amazon Linux {extra}{architecture}"


TABLE = [
    *_ubuntu("22.04", "jammy", "hvm-ssd"),
    *_ubuntu("24.04", "noble", "hvm-ssd-gp3"),
    *_ubuntu("25.10", "questing", "hvm-ssd-gp3"),
    *_ubuntu("26.04", "resolute", "hvm-ssd-gp3"),
    *_debian(12, "20261015"),
    *_debian(13, "20261020"),
    *_amazon("al2023-ami-2023.9.20261110.0-kernel-6.1-{}", 8, "20261110", "2023 "),
    *_amazon("al2023-ami-minimal-2023.9.20261110.0-kernel-6.1-{}", 2, "20261110", "2023 minimal "),
    *_amazon("amzn2-ami-hvm-2.0.20261101.0-{}-gp2", 8, "20261101", "2 "),
]


def _id(prefix, region, name):
    return f"{prefix}-0{hashlib.sha256(f'{region} {name}'.encode()).hexdigest()[:16]}"


def images_of(region):
    """By id. `region` is a name."""
    return {image["ImageId"]: image for image in (_image(region, *row) for row in TABLE)}


def _image(region, owner, name, architecture, root, size, build, description):
    gp3 = "gp3" in name or "debian" in name or "al2023" in name
    image = {
        "ImageId": _id("ami", region, name),
        "Name": name,
        "OwnerId": owner,
        "ImageLocation": f"{owner}/{name}",
        "Architecture": architecture,
        "State": "available",
        "Public": True,
        "ImageType": "machine",
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "CreationDate": f"{build[:4]}-{build[4:6]}-{build[6:]}T03:04:05.000Z",
        "DeprecationTime": f"{int(build[:4]) + 2}-{build[4:6]}-{build[6:]}T03:04:05.000Z",
        "Description": description,
        "RootDeviceName": root,
        "RootDeviceType": "ebs",
        "VirtualizationType": "hvm",
        "Hypervisor": "xen",
        "EnaSupport": True,
        "SriovNetSupport": "simple",
        "BootMode": "uefi" if architecture == "arm64" else "uefi-preferred",
        "BlockDeviceMappings": [
            {
                "DeviceName": root,
                "Ebs": {
                    "DeleteOnTermination": True,
                    "SnapshotId": _id("snap", region, name),
                    "VolumeSize": size,
                    "VolumeType": "gp3" if gp3 else "gp2",
                    "Encrypted": False,
                },
            }
        ],
    }
    if owner == AMAZON:
        image["ImageOwnerAlias"] = "amazon"
    return image


FILTERS = {
    "architecture": lambda image: image["Architecture"],
    "image-id": lambda image: image["ImageId"],
    "name": lambda image: image["Name"],
    "description": lambda image: image["Description"],
    "owner-id": lambda image: image["OwnerId"],
    "owner-alias": lambda image: image.get("ImageOwnerAlias"),
    "state": lambda image: image["State"],
    "is-public": lambda image: image["Public"],
    "image-type": lambda image: image["ImageType"],
    "root-device-type": lambda image: image["RootDeviceType"],
    "root-device-name": lambda image: image["RootDeviceName"],
    "virtualization-type": lambda image: image["VirtualizationType"],
    "hypervisor": lambda image: image["Hypervisor"],
    "ena-support": lambda image: image["EnaSupport"],
    "creation-date": lambda image: image["CreationDate"],
    "platform-details": lambda image: image["PlatformDetails"],
    "block-device-mapping.volume-type": lambda image: image["BlockDeviceMappings"][0]["Ebs"]["VolumeType"],
}


def all_images(region):
    """The vendors' and the account's own."""
    if not hasattr(region, "images"):
        region.images = images_of(region.name)
    return region.images


def image(region, id):
    if not id.startswith("ami-") or len(id) not in (12, 21):
        raise refused("InvalidAMIID.Malformed", f'Invalid id: "{id}" (expecting "ami-...")')
    found = all_images(region).get(id)
    if found is None:
        raise refused("InvalidAMIID.NotFound", f"The image id '[{id}]' does not exist")
    return found


def describe_images(region, params):
    ids = params.get("ImageIds", [])
    images = [image(region, id) for id in ids] if ids else list(all_images(region).values())
    owners = params.get("Owners", [])
    if owners:
        wanted = {region.account.id if owner == "self" else owner for owner in owners}
        images = [one for one in images if one["OwnerId"] in wanted or one.get("ImageOwnerAlias") in wanted]
    images = matching(images, params.get("Filters"), FILTERS)
    return page(public(images), params, "Images", 1, with_ids=("ImageIds",))


ACTIONS = {"DescribeImages": describe_images}
