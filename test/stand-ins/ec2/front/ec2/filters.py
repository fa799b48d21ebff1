"""Filters and pages of Describe calls: an unknown filter is refused, as EC2 does."""

import re

from front.errors import refused


def _pattern(value):
    parts = re.split(r"(\\.|[*?])", value)
    text = "".join({"*": ".*", "?": "."}.get(part) or re.escape(part[1:] if len(part) == 2 and part[0] == "\\" else part) for part in parts)
    return re.compile(text, re.DOTALL)


def tags_of(item):
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}


def matching(items, filters, table):
    """@param table: name of a filter to a function from an item to its value, or values"""
    if sum(len(each.get("Values", [])) for each in filters or []) > 200:
        raise refused("FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200")
    for each in filters or []:
        if "Name" not in each or "Values" not in each:
            raise refused("InvalidParameterValue", "The filter must have a name and values")
        read = _reader(each["Name"], table)
        patterns = [_pattern(value) for value in each["Values"]]
        items = [item for item in items if any(pattern.fullmatch(value) for value in _texts(read(item)) for pattern in patterns)]
    return items


def _reader(name, table):
    if name.startswith("tag:"):
        return lambda item: tags_of(item).get(name[4:], [])
    if name == "tag-key":
        return lambda item: list(tags_of(item))
    if name == "tag-value":
        return lambda item: list(tags_of(item).values())
    if name not in table:
        raise refused("InvalidParameterValue", f"The filter '{name}' is invalid")
    return table[name]


def _texts(value):
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values if each is not None]


def page(items, params, key, least=5, most=1000, with_ids=()):
    """One page of a list, as an answer. @param with_ids: parameters that MaxResults may not be used with"""
    size = params.get("MaxResults")
    if size is None:
        return {key: items[int(params.get("NextToken") or 0) :]}
    if not least <= size <= most:
        raise refused(
            "InvalidParameterValue", f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value from {least} to {most}."
        )
    for name in with_ids:
        if params.get(name):
            raise refused("InvalidParameterCombination", f"The parameter {name} cannot be used with the parameter maxResults")
    start = int(params.get("NextToken") or 0)
    answer = {key: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return answer


def public(value):
    """Without what the front keeps for itself."""
    if isinstance(value, dict):
        return {name: public(member) for name, member in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [public(item) for item in value]
    return value
