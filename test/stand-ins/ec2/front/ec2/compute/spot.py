"""Spot requests: each belongs to one launch; a persistent one launches again unless it is cancelled first."""

from front.errors import refused
from front.ec2.filters import matching, page, public
from front.ec2.types import INSTANCE_TYPES, offered

FULFILLED = {"Code": "fulfilled", "Message": "Your spot request is fulfilled."}


def price(kind):
    """A price an hour for everything in one table: by the size of the type alone."""
    return round(0.003 * INSTANCE_TYPES[kind]["VCpuInfo"]["DefaultVCpus"], 4)


def request_of(region, wanted, instance):
    id, options = region.new_id("spot"), wanted["spot"]
    instance["InstanceLifecycle"] = "spot"
    instance["SpotInstanceRequestId"] = id
    return region.keep(
        "spot",
        id,
        {
            "SpotInstanceRequestId": id,
            "State": "active",
            "Status": dict(FULFILLED),
            "Type": options["SpotInstanceType"],
            "InstanceId": instance["InstanceId"],
            "InstanceInterruptionBehavior": options["InstanceInterruptionBehavior"],
            "SpotPrice": str(options.get("MaxPrice", price(wanted["type"]) * 3)),
            "ProductDescription": "Linux/UNIX",
            "LaunchedAvailabilityZone": instance["Placement"]["AvailabilityZone"],
            "LaunchSpecification": {"ImageId": wanted["image"]["ImageId"], "InstanceType": wanted["type"]},
            "CreateTime": "2026-11-30T00:00:00.000Z",
            "Tags": list(wanted["tags"].get("spot-instances-request", [])),
        },
    )


def instance_ended(region, request, instance):
    """What becomes of a request whose instance has gone."""
    code = (
        "instance-terminated-by-user"
        if "SpotInstance" not in instance.get("StateReason", {}).get("Code", "")
        else "instance-terminated-no-capacity"
    )
    if request["State"] == "cancelled":
        request["Status"] = {"Code": code, "Message": ""}
    elif request["Type"] == "one-time":
        request["State"], request["Status"] = "closed", {"Code": code, "Message": ""}
    else:
        request["State"], request["Status"] = "open", {"Code": "pending-fulfillment", "Message": ""}
        request["_wanted"] = instance["_plan"]
        request.pop("InstanceId", None)


def fulfil(region, request):
    """Persistent requests that are open launch again, without the instance's tags."""
    from front.ec2.compute.capacity import is_exhausted
    from front.ec2.compute.run import launch

    wanted = {**request["_wanted"], "tags": {}, "count": 1, "spot": None}
    room = [s for s in wanted["candidates"] if not is_exhausted(region, wanted["type"], s.availability_zone, True)]
    if not room:
        request["Status"] = {"Code": "capacity-not-available", "Message": ""}
        return
    instance = launch(region, wanted, room[0])[0]
    instance["InstanceLifecycle"] = "spot"
    instance["SpotInstanceRequestId"] = request["SpotInstanceRequestId"]
    instance["_plan"] = request["_wanted"]
    request.update({"State": "active", "Status": dict(FULFILLED), "InstanceId": instance["InstanceId"]})


def fulfil_open(region):
    for request in list(region.kept["spot"].values()):
        if request["State"] == "open":
            fulfil(region, request)


FILTERS = {
    "spot-instance-request-id": lambda r: r["SpotInstanceRequestId"],
    "state": lambda r: r["State"],
    "status-code": lambda r: r["Status"]["Code"],
    "instance-id": lambda r: r.get("InstanceId"),
    "type": lambda r: r["Type"],
    "launched-availability-zone": lambda r: r["LaunchedAvailabilityZone"],
}


def describe_spot_instance_requests(region, params):
    fulfil_open(region)
    found = matching(region.chosen("spot", params.get("SpotInstanceRequestIds")), params.get("Filters"), FILTERS)
    return page(public(found), params, "SpotInstanceRequests", with_ids=("SpotInstanceRequestIds",))


def cancel_spot_instance_requests(region, params):
    found = [region.get("spot", id) for id in params["SpotInstanceRequestIds"]]
    for request in found:
        if request["State"] in ("open", "active"):
            running = request["State"] == "active"
            request["State"] = "cancelled"
            code = "request-canceled-and-instance-running" if running else "canceled-before-fulfillment"
            request["Status"] = {"Code": code, "Message": ""}
    return {"CancelledSpotInstanceRequests": [{"SpotInstanceRequestId": r["SpotInstanceRequestId"], "State": r["State"]} for r in found]}


def describe_spot_price_history(region, params):
    kinds = params.get("InstanceTypes") or [f["Values"] for f in params.get("Filters", []) if f.get("Name") == "instance-type"]
    flat = [kind for each in kinds for kind in (each if isinstance(each, list) else [each])]
    if not flat:
        raise refused("UnsupportedOperation", "the stand-in tells prices by type only")
    rows = [
        {
            "InstanceType": kind,
            "AvailabilityZone": zone,
            "SpotPrice": str(price(kind)),
            "ProductDescription": "Linux/UNIX",
            "Timestamp": "2026-11-30T00:00:00.000Z",
        }
        for kind in flat
        for zone in offered(region.name).get(kind, [])
        if params.get("AvailabilityZone") in (None, zone)
    ]
    return {"SpotPriceHistory": rows, "NextToken": ""}


ACTIONS = {
    "DescribeSpotInstanceRequests": describe_spot_instance_requests,
    "CancelSpotInstanceRequests": cancel_spot_instance_requests,
    "DescribeSpotPriceHistory": describe_spot_price_history,
}
