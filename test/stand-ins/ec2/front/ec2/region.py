"""What one account has in one region, and how new things are seen late."""

import re
import secrets

from front.errors import refused

# prefix of ids, code when there is none, message
KINDS = {
    "instance": ("i", "InvalidInstanceID", "The instance ID '{}' does not exist"),
    "volume": ("vol", "InvalidVolume", "The volume '{}' does not exist."),
    "interface": ("eni", "InvalidNetworkInterfaceID", "The networkInterface ID '{}' does not exist"),
    "group": ("sg", "InvalidGroup", "The security group '{}' does not exist"),
    "address": ("eipalloc", "InvalidAllocationID", "The allocation ID '{}' does not exist"),
    "key": ("key", "InvalidKeyPair", "The key pair '{}' does not exist"),
    "spot": ("sir", "InvalidSpotInstanceRequestID", "The spot instance request ID '{}' does not exist"),
}
MALFORMED = {"group": "InvalidGroupId.Malformed", "volume": "InvalidParameterValue"}


class Region:
    def __init__(self, account, name, moto):
        self.account = account
        self.world = account.world
        self.name = name
        # VPCs, subnets, gateways and routes are moto's.
        self.moto = moto
        self.kept = {kind: {} for kind in KINDS}
        self.tokens = {}
        self.counter = 0
        if not account.has_default_vpc(name):
            self.drop_default_vpc()

    @property
    def options(self):
        return self.world.options

    def drop_default_vpc(self):
        for vpc in [vpc for vpc in self.moto.vpcs.values() if vpc.is_default]:
            for subnets in self.moto.subnets.values():
                for subnet in [s for s in subnets.values() if s.vpc_id == vpc.id]:
                    del subnets[subnet.id]
            del self.moto.vpcs[vpc.id]

    def new_id(self, kind):
        prefix = KINDS[kind][0]
        if kind == "spot":
            return f"sir-{secrets.token_hex(4)}"
        return f"{prefix}-0{secrets.token_hex(8)}"

    def keep(self, kind, id, item):
        """Keeps a new thing; from now on it counts down until it can be seen."""
        item["_id"] = id
        item["_hiddenById"] = self.options["unseenById"]
        item["_hiddenInLists"] = self.options["unseenInLists"]
        self.kept[kind][id] = item
        return item

    def known(self, kind, id):
        """As `get`, for the front itself: it is there at once."""
        return self.kept[kind].get(id)

    def get(self, kind, id):
        prefix, code, message = KINDS[kind]
        if kind != "key" and not re.fullmatch(rf"{prefix}-[0-9a-f]{{8}}([0-9a-f]{{9}})?", id):
            raise refused(MALFORMED.get(kind, f"{code}.Malformed"), f'Invalid id: "{id}"')
        item = self.kept[kind].get(id)
        if item is None or self.is_hidden(item, "_hiddenById"):
            raise refused(f"{code}.NotFound", message.format(id))
        return item

    def list(self, kind):
        return [item for item in list(self.kept[kind].values()) if not self.is_hidden(item, "_hiddenInLists")]

    def chosen(self, kind, ids):
        return [self.get(kind, id) for id in ids] if ids else self.list(kind)

    def is_hidden(self, item, counter):
        if item[counter] <= 0:
            return False
        item[counter] -= 1
        return True

    # --- what moto has

    def vpc(self, id):
        vpc = self.moto.vpcs.get(id)
        if vpc is None:
            raise refused("InvalidVpcID.NotFound", f"The vpc ID '{id}' does not exist")
        return vpc

    def default_vpc(self):
        return next((vpc for vpc in self.moto.vpcs.values() if vpc.is_default), None)

    def subnets(self):
        return [subnet for by_id in self.moto.subnets.values() for subnet in by_id.values()]

    def subnet(self, id):
        subnet = next((subnet for subnet in self.subnets() if subnet.id == id), None)
        if subnet is None:
            raise refused("InvalidSubnetID.NotFound", f"The subnet ID '{id}' does not exist")
        return subnet

    def zones(self):
        return [zone.name for zone in self.moto.describe_availability_zones()]
