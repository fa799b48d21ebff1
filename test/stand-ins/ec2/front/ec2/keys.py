"""Key pairs."""

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from front.errors import refused
from front.ec2.filters import matching, page, public
from front.ec2.tags import from_specifications

FILTERS = {
    "key-pair-id": lambda key: key["KeyPairId"],
    "key-name": lambda key: key["KeyName"],
    "fingerprint": lambda key: key["KeyFingerprint"],
}


def import_key_pair(region, params):
    text = params["PublicKeyMaterial"].decode("utf-8", "replace").strip()
    kind = text.split(" ")[0]
    if kind not in ("ssh-rsa", "ssh-ed25519"):
        raise refused("InvalidKey.Format", "Key is not in valid OpenSSH public key format")
    try:
        digest = base64.b64encode(hashlib.sha256(base64.b64decode(text.split(" ")[1], validate=True)).digest()).decode()
    except (ValueError, IndexError):
        raise refused("InvalidKey.Format", "Key is not in valid OpenSSH public key format") from None
    return _add(region, params, "rsa" if kind == "ssh-rsa" else "ed25519", digest, text)


def create_key_pair(region, params):
    kind = params.get("KeyType", "rsa")
    private = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.TraditionalOpenSSL if kind == "rsa" else serialization.PrivateFormat.OpenSSH
    material = private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    public_key = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    return {**_add(region, params, kind, hashlib.sha256(public_key.encode()).hexdigest(), public_key), "KeyMaterial": material}


def _add(region, params, kind, fingerprint, public_key):
    tags = from_specifications(params, ["key-pair"]).get("key-pair", [])
    name = params["KeyName"]
    if region.known("key", name):
        raise refused("InvalidKeyPair.Duplicate", f"The keypair '{name}' already exists.")
    id = region.new_id("key")
    region.keep(
        "key",
        name,
        {
            "KeyName": name,
            "KeyPairId": id,
            "KeyFingerprint": fingerprint,
            "KeyType": kind,
            "Tags": tags,
            "CreateTime": "2026-11-30T00:00:00.000Z",
            "_public": public_key,
        },
    )
    return {"KeyName": name, "KeyPairId": id, "KeyFingerprint": fingerprint, "Tags": tags}


def describe_key_pairs(region, params):
    keys = region.chosen("key", params.get("KeyNames"))
    for id in params.get("KeyPairIds", []):
        if all(key["KeyPairId"] != id for key in keys):
            raise refused("InvalidKeyPair.NotFound", f"The key pair '{id}' does not exist")
    if params.get("KeyPairIds"):
        keys = [key for key in keys if key["KeyPairId"] in params["KeyPairIds"]]
    shown = [
        {**public(key), "PublicKey": key["_public"]} if params.get("IncludePublicKey") else public(key)
        for key in matching(keys, params.get("Filters"), FILTERS)
    ]
    return {"KeyPairs": shown}


def delete_key_pair(region, params):
    """A key pair that is not there is deleted without an error, as EC2 does."""
    name, id = params.get("KeyName"), params.get("KeyPairId")
    if name is None and id is None:
        raise refused("MissingParameter", "The request must contain the parameter KeyName or KeyPairId")
    for key in [key for key in region.kept["key"].values() if key["KeyName"] == name or key["KeyPairId"] == id]:
        del region.kept["key"][key["KeyName"]]
        return {"Return": True, "KeyPairId": key["KeyPairId"]}
    return {"Return": True}


ACTIONS = {
    "ImportKeyPair": import_key_pair,
    "CreateKeyPair": create_key_pair,
    "DescribeKeyPairs": describe_key_pairs,
    "DeleteKeyPair": delete_key_pair,
}
