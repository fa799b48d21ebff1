"""Instance types and where they are offered: moto's tables of the real ones."""

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES

from front.errors import refused
from front.ec2.filters import matching, page

PATHS = {
    "auto-recovery-supported": "AutoRecoverySupported",
    "bare-metal": "BareMetal",
    "burstable-performance-supported": "BurstablePerformanceSupported",
    "current-generation": "CurrentGeneration",
    "free-tier-eligible": "FreeTierEligible",
    "hibernation-supported": "HibernationSupported",
    "hypervisor": "Hypervisor",
    "instance-storage-supported": "InstanceStorageSupported",
    "instance-type": "InstanceType",
    "memory-info.size-in-mib": "MemoryInfo.SizeInMiB",
    "network-info.ena-support": "NetworkInfo.EnaSupport",
    "network-info.ipv6-supported": "NetworkInfo.Ipv6Supported",
    "processor-info.supported-architecture": "ProcessorInfo.SupportedArchitectures",
    "supported-root-device-type": "SupportedRootDeviceTypes",
    "supported-usage-class": "SupportedUsageClasses",
    "supported-virtualization-type": "SupportedVirtualizationTypes",
    "vcpu-info.default-vcpus": "VCpuInfo.DefaultVCpus",
}


def _reader(path):
    def read(item):
        for part in path.split("."):
            item = item.get(part) if isinstance(item, dict) else None
        return item

    return read


FILTERS = {name: _reader(path) for name, path in PATHS.items()}
OFFERING_FILTERS = {"instance-type": lambda row: row["InstanceType"], "location": lambda row: row["Location"]}
_offered = {}


def offered(region_name):
    """Type to the zones of a region that have it."""
    if region_name not in _offered:
        zones = {}
        for row in INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region_name, []):
            zones.setdefault(row["InstanceType"], []).append(row["Location"])
        _offered[region_name] = {name: sorted(each) for name, each in zones.items()}
    return _offered[region_name]


def instance_type(region, name):
    if name not in INSTANCE_TYPES:
        raise refused("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    return INSTANCE_TYPES[name]


def describe_instance_types(region, params):
    here = offered(region.name)
    names = params.get("InstanceTypes", [])
    if len(names) > 100:
        raise refused("InvalidParameterValue", "at most 100 instance types may be specified")
    wrong = [name for name in names if name not in here or name not in INSTANCE_TYPES]
    if wrong:
        raise refused("InvalidInstanceType", f"The following supplied instance types do not exist: [{', '.join(wrong)}]")
    chosen = [INSTANCE_TYPES[name] for name in names or sorted(here) if name in INSTANCE_TYPES]
    chosen = matching(chosen, params.get("Filters"), FILTERS)
    return page(chosen, {**params, "MaxResults": params.get("MaxResults", 100)}, "InstanceTypes", 5, 100)


def describe_instance_type_offerings(region, params):
    location = params.get("LocationType", "region")
    if location == "outpost":
        return {"InstanceTypeOfferings": []}
    rows = INSTANCE_TYPE_OFFERINGS[location].get(region.name, [])
    rows = matching(rows, params.get("Filters"), OFFERING_FILTERS)
    return page(rows, {**params, "MaxResults": params.get("MaxResults", 1000)}, "InstanceTypeOfferings", 5, 1000)


ACTIONS = {"DescribeInstanceTypes": describe_instance_types, "DescribeInstanceTypeOfferings": describe_instance_type_offerings}
