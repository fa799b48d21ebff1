"""How instances pass from state to state. Time goes on with calls: a passing state is seen for some describes."""

from front.ec2.compute import volumes
from front.ec2.network import interfaces
from front.ec2.network.addresses import disconnect

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
NEXT = {"pending": "running", "stopping": "stopped", "shutting-down": "terminated"}
OPTIONS = {"pending": "pending", "stopping": "stopping", "shutting-down": "shuttingDown"}
USER_STOP = {"Code": "Client.UserInitiatedShutdown", "Message": "Client.UserInitiatedShutdown: User initiated shutdown"}
SPOT_END = {"Code": "Server.SpotInstanceTermination", "Message": "Server.SpotInstanceTermination: Spot instance termination"}
SPOT_STOP = {
    "Code": "Server.SpotInstanceShutdown",
    "Message": "Server.SpotInstanceShutdown: Instance " "was stopped due to Spot interruption",
}


def told(name):
    return {"Name": name, "Code": CODES[name]}


def enter(region, instance, name):
    """Puts an instance into a state, with all that follows from it."""
    instance["State"] = told(name)
    instance["_left"] = region.options[OPTIONS[name]] if name in OPTIONS else None
    if name == "running":
        _give_addresses(region, instance)
    elif name in ("stopping", "shutting-down", "stopped"):
        _take_addresses(region, instance)
    elif name == "terminated":
        instance["_left"] = region.options["forget"]
        _dismantle(region, instance)
    region.world.note_state(region, instance)


def tick(region, instance):
    """A call has looked at the instance."""
    name = instance["State"]["Name"]
    if name == "terminated":
        if instance["_left"] is not None:
            instance["_left"] -= 1
            if instance["_left"] < 0:
                region.kept["instance"].pop(instance["InstanceId"], None)
        return
    if name not in NEXT or region.options["backed"]:
        return
    instance["_left"] -= 1
    if instance["_left"] < 0:
        enter(region, instance, NEXT[name])


def _give_addresses(region, instance):
    for interface in interfaces.of_instance(region, instance["InstanceId"]):
        if interface.get("_auto") and "Association" not in interface:
            interfaces.set_public(region, interface, interfaces.public_address(region))


def _take_addresses(region, instance):
    """An Elastic IP stays."""
    for interface in interfaces.of_instance(region, instance["InstanceId"]):
        if "AllocationId" not in interface.get("Association", {}):
            interfaces.set_public(region, interface, None)


def _dismantle(region, instance):
    id = instance["InstanceId"]
    instance["_groups"] = []
    for interface in interfaces.of_instance(region, id):
        for address in region.kept["address"].values():
            if address.get("_interface") == interface["NetworkInterfaceId"]:
                disconnect(region, address)
        if interface.pop("Attachment")["DeleteOnTermination"]:
            del region.kept["interface"][interface["NetworkInterfaceId"]]
        else:
            interface["Status"] = "available"
    for volume in volumes.of_instance(region, id):
        if volume["Attachments"][0]["DeleteOnTermination"]:
            del region.kept["volume"][volume["VolumeId"]]
        else:
            volume["State"], volume["Attachments"] = "available", []
    spot = region.known("spot", instance.get("SpotInstanceRequestId"))
    if spot is not None:
        from front.ec2.compute.spot import instance_ended

        instance_ended(region, spot, instance)
