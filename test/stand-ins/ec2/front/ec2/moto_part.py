"""The part that moto plays: VPCs, subnets, gateways, routes, zones and regions."""

from moto.core.request import Request
from moto.ec2.responses import EC2Response

from front.errors import refused

ACTIONS = {
    "DescribeVpcs",
    "CreateVpc",
    "DeleteVpc",
    "DescribeVpcAttribute",
    "ModifyVpcAttribute",
    "AssociateVpcCidrBlock",
    "CreateDefaultVpc",
    "DescribeSubnets",
    "CreateSubnet",
    "DeleteSubnet",
    "ModifySubnetAttribute",
    "AssociateSubnetCidrBlock",
    "DescribeAvailabilityZones",
    "DescribeRegions",
    "DescribeInternetGateways",
    "CreateInternetGateway",
    "AttachInternetGateway",
    "DetachInternetGateway",
    "DeleteInternetGateway",
    "DescribeRouteTables",
    "CreateRouteTable",
    "CreateRoute",
    "AssociateRouteTable",
    "DescribeAccountAttributes",
}


def call(region, action, params, headers, body):
    """Status, content type and body of moto's answer."""
    _before(region, action, params)
    request = Request.from_primitives(
        method="POST",
        url=f"https://ec2.{region.name}.amazonaws.com/",
        headers={**headers, "x-moto-account-id": region.account.id},
        body=body,
    )
    status, answer_headers, answer = EC2Response.dispatch(request, f"https://ec2.{region.name}.amazonaws.com/", request.headers)
    return int(status), answer_headers.get("Content-Type", "text/xml"), answer


def _before(region, action, params):
    if action == "DeleteVpc" and any(
        each["VpcId"] == params["VpcId"] and each.get("GroupName") != "default"
        for kind in ("group", "interface")
        for each in region.kept[kind].values()
    ):
        raise refused("DependencyViolation", f"The vpc '{params['VpcId']}' has dependencies and cannot be deleted.")
    if action == "DeleteSubnet" and any(each["SubnetId"] == params["SubnetId"] for each in region.kept["interface"].values()):
        raise refused("DependencyViolation", f"The subnet '{params['SubnetId']}' has dependencies and cannot be deleted.")
    if action == "CreateDefaultVpc" and region.default_vpc() is not None:
        raise refused("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.")
