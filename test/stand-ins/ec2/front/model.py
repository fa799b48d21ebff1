"""Requests and answers by the model that AWS publishes: what it does not know is a violation."""

import base64
import binascii
import functools
import json
import re

import botocore.session
from botocore.validate import ParamValidator
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model

from front.answers import ec2_xml
from front.errors import Refused

VERSIONS = {"ec2": "2016-11-15", "sts": "2011-06-15", "ssm": "2014-11-06"}
_session = botocore.session.get_session()
MODELS = {service: _session.get_service_model(service) for service in VERSIONS}
_validator = ParamValidator()


def violation(code, message):
    return Refused(code, message, violation=True)


@functools.cache
def operation(service, action):
    model = MODELS[service]
    if action not in model.operation_names:
        raise violation("InvalidAction", f"The action {action} is not valid for this web service.")
    return model.operation_model(action)


def parse(service, op, pairs, body):
    """The typed parameters of a request; raises a violation for what the model does not have."""
    shape = op.input_shape
    if service == "ssm":
        params = _json(body)
        if shape is not None:
            _known(shape, params, "")
    else:
        version = dict(pairs).get("Version")
        if version != VERSIONS[service]:
            raise violation("NoSuchVersion", f"The requested version ({version}) of service {service} does not exist")
        tree = _tree([(key, value) for key, value in pairs if key not in ("Action", "Version")])
        params = _Query(service == "ec2").structure(shape, tree, "") if shape is not None else {}
    if shape is not None:
        report = _validator.validate(params, shape)
        if report.has_errors():
            _refuse(report.generate_report())
    return params


def serialize(service, op, result, request_id):
    """Content type and body of an answer that the model can say."""
    if service == "ec2":
        return "text/xml;charset=UTF-8", ec2_xml(op, result, request_id)
    _said(op.output_shape, result, op.name)
    serializer = get_serializer_class(service, op.service_model.metadata["protocol"])
    # moto's serializers know only shapes of moto's own classes
    own = get_service_model(service).operation_model(op.name)
    answer = serializer(operation_model=own, context=SerializationContext(request_id)).serialize(result)
    return answer["headers"]["Content-Type"], answer["body"]


def _refuse(report):
    first = report.splitlines()[0]
    missing = re.search(r'Missing required parameter in .*: "(\w+)"', report)
    if missing:
        raise violation("MissingParameter", f"The request must contain the parameter {missing[1]}")
    raise violation("InvalidParameterValue", first)


def _said(shape, value, path):
    """As `ec2_xml`, for the other services."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in value.items():
            if name not in shape.members:
                raise RuntimeError(f"the model has no {path}.{name}")
            _said(shape.members[name], member, f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            _said(shape.member, item, path)


def _json(body):
    try:
        params = json.loads(body or b"{}")
    except ValueError:
        raise violation("SerializationException", "the body is not JSON") from None
    if not isinstance(params, dict):
        raise violation("SerializationException", "the body is not an object")
    return params


def _known(shape, value, path):
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in value.items():
            if name not in shape.members:
                raise violation("SerializationException", f"unknown parameter {path}{name}")
            _known(shape.members[name], member, f"{path}{name}.")
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            _known(shape.member, item, path)


def _tree(pairs):
    root = {}
    for key, value in pairs:
        node = root
        *parents, last = key.split(".")
        for part in parents:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise violation("InvalidParameter", f"{key} is both a value and a structure")
        if last in node:
            raise violation("InvalidParameter", f"{key} is given twice")
        node[last] = value
    return root


class _Query:
    """Reads the flat parameters of the Query protocol; EC2 names and numbers them in a way of its own."""

    def __init__(self, ec2):
        self.ec2 = ec2

    def name(self, member_name, shape):
        serialization = shape.serialization
        if not self.ec2:
            return serialization.get("name", member_name)
        if "queryName" in serialization:
            return serialization["queryName"]
        name = serialization.get("name", member_name)
        return name[0].upper() + name[1:]

    def structure(self, shape, node, path):
        if not isinstance(node, dict):
            raise violation("InvalidParameter", f"{path[:-1]} is not a structure")
        names = {self.name(name, member): (name, member) for name, member in shape.members.items()}
        result = {}
        for key, value in node.items():
            if key not in names:
                raise violation("UnknownParameter", f"The parameter {path}{key} is not recognized")
            name, member = names[key]
            result[name] = self.value(member, value, f"{path}{key}")
        return result

    def value(self, shape, node, path):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, node, f"{path}.")
        if kind == "list":
            return self.list(shape, node, path)
        if isinstance(node, dict):
            raise violation("InvalidParameter", f"{path} is not a structure")
        return _scalar(shape, node, path)

    def list(self, shape, node, path):
        if not self.ec2 and not shape.serialization.get("flattened"):
            if node == "":
                return []
            node = node.get(shape.member.serialization.get("name", "member")) if isinstance(node, dict) else None
        if not isinstance(node, dict) or sorted(node) != sorted(str(n + 1) for n in range(len(node))):
            raise violation("InvalidParameter", f"{path} is not a list that is numbered from 1")
        return [self.value(shape.member, node[str(n + 1)], f"{path}.{n + 1}") for n in range(len(node))]


def _scalar(shape, text, path):
    kind = shape.type_name
    wrong = violation("InvalidParameterValue", f"Value ({text[:80]}) for parameter {path} is invalid. It is no {kind}")
    if kind in ("integer", "long"):
        if not re.fullmatch(r"-?\d+", text):
            raise wrong
        return int(text)
    if kind == "boolean":
        if text not in ("true", "false"):
            raise wrong
        return text == "true"
    if kind in ("float", "double"):
        try:
            return float(text)
        except ValueError:
            raise wrong from None
    if kind == "blob":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise wrong from None
    if kind == "timestamp" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text):
        raise wrong
    # New instance types appear all the time: whether one exists is for the rules of RunInstances to say.
    if kind == "string" and shape.enum and shape.name != "InstanceType" and text not in shape.enum:
        raise violation("InvalidParameterValue", f"Value ({text}) for parameter {path} is invalid.")
    return text
