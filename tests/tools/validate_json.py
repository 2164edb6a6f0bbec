#!/usr/bin/python3
"""validate_json.py [--invalid] SCHEMA FILE [SCHEMA FILE]…: is each FILE (JSON, or YAML by its suffix) what its SCHEMA
says? With --invalid: is none of them? Exit 0 yes, 1 no; what is wrong is told by file."""
import functools
import json
import sys

import jsonschema
import yaml


@functools.lru_cache(maxsize=None)
def validator_of(path):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def errors_in(schema_path, path):
    try:
        with open(path, encoding="utf-8") as file:
            document = yaml.safe_load(file) if path.endswith((".yaml", ".yml")) else json.load(file)
    except (ValueError, yaml.YAMLError) as error:
        return [f"{path}: {error}"]
    errors = sorted(validator_of(schema_path).iter_errors(document), key=lambda error: list(map(str, error.path)))
    return [f"{path}: {'/'.join(map(str, error.path))}: {error.message[:300]}" for error in errors]


def main(words):
    to_be_invalid = words[:1] == ["--invalid"]
    words = words[1:] if to_be_invalid else words
    if not words or len(words) % 2:
        sys.exit(__doc__)
    complaints = []
    for schema, path in zip(words[::2], words[1::2]):
        errors = errors_in(schema, path)
        if not to_be_invalid:
            complaints += errors[:5]
        elif not errors:
            complaints.append(f"{path}: is valid")
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


sys.exit(main(sys.argv[1:]))
