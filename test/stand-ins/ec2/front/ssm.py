"""Public parameters that name the newest image of a distribution."""

from front.ec2.images import AMAZON, CANONICAL, DEBIAN, all_images
from front.errors import refused

DEBIAN_NAMES = {"12": "bookworm", "13": "trixie"}


def parameters(region):
    """Name to image id, as the vendors publish them for a region."""
    if not hasattr(region, "parameters"):
        region.parameters = dict(_parameters(region))
    return region.parameters


def _parameters(region):
    images = sorted(all_images(region).values(), key=lambda image: image["CreationDate"])
    for image in images:
        if image["OwnerId"] == CANONICAL:
            _, code, version, arch, _, build = image["Name"].rsplit("/", 1)[1].split("-")
            disk = "ebs-gp3" if "gp3" in image["Name"] else "ebs-gp2"
            for release in (version, code):
                for moment in ("current", build):
                    yield f"/aws/service/canonical/ubuntu/server/{release}/stable/{moment}/{arch}/hvm/{disk}/ami-id", image["ImageId"]
        elif image["OwnerId"] == DEBIAN:
            _, version, arch, build, serial = image["Name"].split("-")
            for release in (version, DEBIAN_NAMES[version]):
                yield f"/aws/service/debian/release/{release}/latest/{arch}", image["ImageId"]
                yield f"/aws/service/debian/release/{release}/{build}-{serial}/{arch}", image["ImageId"]
        elif image["OwnerId"] == AMAZON:
            arch = image["Architecture"]
            short = "amzn2-ami-hvm-" + arch + "-gp2"
            if image["Name"].startswith("al2023-ami-minimal"):
                short = f"al2023-ami-minimal-kernel-default-{arch}"
            elif image["Name"].startswith("al2023"):
                short = f"al2023-ami-kernel-default-{arch}"
                yield f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-{arch}", image["ImageId"]
            yield f"/aws/service/ami-amazon-linux-latest/{short}", image["ImageId"]


def _told(region, name):
    return {
        "Name": name,
        "Type": "String",
        "Value": parameters(region)[name],
        "Version": 1,
        "DataType": "aws:ec2:image",
        "ARN": f"arn:aws:ssm:{region.name}::parameter{name}",
        "LastModifiedDate": 1_790_000_000,
    }


def get_parameter(region, params):
    if params["Name"] not in parameters(region):
        raise refused("ParameterNotFound", "")
    return {"Parameter": _told(region, params["Name"])}


def get_parameters(region, params):
    if len(params["Names"]) > 10:
        raise refused("ValidationException", "1 validation error detected: Value at 'names' failed to satisfy constraint: at most 10")
    known = [name for name in params["Names"] if name in parameters(region)]
    return {
        "Parameters": [_told(region, name) for name in known],
        "InvalidParameters": [name for name in params["Names"] if name not in known],
    }


def get_parameters_by_path(region, params):
    size = params.get("MaxResults", 10)
    if not 1 <= size <= 10:
        raise refused("ValidationException", "MaxResults must be from 1 to 10")
    path = params["Path"].rstrip("/") + "/"
    deep = params.get("Recursive", False)
    names = sorted(name for name in parameters(region) if name.startswith(path) and (deep or "/" not in name[len(path) :]))
    start = int(params.get("NextToken") or 0)
    answer = {"Parameters": [_told(region, name) for name in names[start : start + size]]}
    if start + size < len(names):
        answer["NextToken"] = str(start + size)
    return answer


ACTIONS = {"GetParameter": get_parameter, "GetParameters": get_parameters, "GetParametersByPath": get_parameters_by_path}
