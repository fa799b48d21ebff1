"""What a zone has room for, and what an account may have at once."""

from front.errors import refused
from front.ec2.types import INSTANCE_TYPES, offered


def is_exhausted(region, kind, zone, spot):
    """Entries of the table: `zone`, `type`, `market` (spot or on-demand), `region`; what is left out fits all."""
    here = {"zone": zone, "type": kind, "market": "spot" if spot else "on-demand", "region": region.name, "account": region.account.id}
    return any(all(here[name] == value for name, value in entry.items()) for entry in region.world.exhausted)


def no_capacity(region, kind, zone, spot, asked):
    if spot:
        return refused("InsufficientInstanceCapacity", "There is no Spot capacity available that matches your request.")
    others = [each for each in offered(region.name).get(kind, []) if each != zone]
    if not asked:
        return refused(
            "InsufficientInstanceCapacity",
            f"We currently do not have sufficient {kind} capacity in the zones of the "
            "region. Our system will be working on provisioning additional capacity.",
        )
    return refused(
        "InsufficientInstanceCapacity",
        f"We currently do not have sufficient {kind} capacity in the Availability "
        f"Zone you requested ({zone}). Our system will be working on "
        f"provisioning additional capacity. You can currently get {kind} "
        "capacity by not specifying an Availability Zone in your request or "
        f"choosing {', '.join(others)}.",
    )


def check_quota(region, kind, count, spot):
    used = sum(
        INSTANCE_TYPES[each["InstanceType"]]["VCpuInfo"]["DefaultVCpus"]
        for each in region.kept["instance"].values()
        if each["State"]["Name"] in ("pending", "running") and (each.get("InstanceLifecycle") == "spot") == spot
    )
    wanted = used + count * INSTANCE_TYPES[kind]["VCpuInfo"]["DefaultVCpus"]
    if spot and wanted > region.account.limits["spotVcpus"]:
        raise refused("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
    limit = region.account.limits["vcpus"]
    if not spot and wanted > limit:
        raise refused(
            "VcpuLimitExceeded",
            "You have requested more vCPU capacity than your current vCPU limit "
            f"of {limit} allows for the instance bucket that the specified "
            "instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
        )
