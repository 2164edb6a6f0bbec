#!/usr/bin/python3
"""validate_json.py SCHEMA FILE: is FILE (JSON, or YAML by its suffix) what SCHEMA says? Exit 0 valid, 1 invalid, 2 neither."""
import json
import sys

import jsonschema
import yaml


def main(schema_path, path):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    try:
        with open(path, encoding="utf-8") as file:
            document = yaml.safe_load(file) if path.endswith((".yaml", ".yml")) else json.load(file)
    except (ValueError, yaml.YAMLError) as error:
        print(f"{path}: {error}")
        return 1
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    errors = sorted(validator(schema).iter_errors(document), key=lambda error: list(map(str, error.path)))
    for error in errors[:5]:
        print(f"{path}: {'/'.join(map(str, error.path))}: {error.message[:300]}")
    return 1 if errors else 0


sys.exit(main(*sys.argv[1:3]))
