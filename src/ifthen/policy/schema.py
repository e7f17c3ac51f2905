"""The JSON Schema of policy documents, for editors: completion, documentation, validation.

Generated from the table in ``fields``. It checks keys, forms and closed lists; names, types and
the policy language itself are checked by the loader.
"""

from __future__ import annotations

from typing import Any

from ifthen.policy.fields import CLAUSES, DOCUMENT, Field, Form, Shape
from ifthen.policy.reader import ID, POLICY_ID, ROW
from ifthen.vocabulary import STATED

_ID = f"^{ID.pattern}$"
_ROW = f"^{ROW.pattern}$"
_ROW_OR_RANGE = f"^{ROW.pattern}(\\.\\.{ROW.pattern})?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy",
        **_mapping(DOCUMENT),
        "$defs": {
            "reading": {
                "description": "Several parses of one ambiguous text, one for each option.",
                "type": "object",
                "required": ["reading"],
                "properties": {
                    "reading": {"type": "string", "description": "The reading that decides."}
                },
                "additionalProperties": True,
                "minProperties": 3,
            },
            "condition": _or_reading({"type": ["string", "boolean"], "minLength": 1}),
            "events": _or_reading(
                {
                    "type": "string",
                    "pattern": f"^({'|'.join(STATED)})\\b",
                    "examples": list(STATED),
                }
            ),
            "length": _or_reading({"type": "string", "minLength": 1, "examples": ["6 months"]}),
            **{f"clause-{kind}": _mapping(shape, kind) for kind, shape in CLAUSES.items()},
        },
    }


def _or_reading(written: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [written, {"$ref": "#/$defs/reading"}]}


def _mapping(shape: Shape, kind: str | None = None) -> dict[str, Any]:
    """The schema of one shape; for a clause, with its kind fixed."""
    properties = {known.name: _field(known) for known in shape.fields}
    if kind is not None:
        properties["kind"] = {"const": kind, "description": shape.doc}
    result: dict[str, Any] = {
        "description": shape.doc,
        "type": "object",
        "properties": properties,
        "required": [known.name for known in shape.fields if known.required],
        "additionalProperties": False,
    }
    rules: list[dict[str, Any]] = [
        {"oneOf": [{"required": [name]} for name in names]} for names in shape.exactly_one
    ]
    rules += [{"anyOf": [{"required": [name]} for name in names]} for names in shape.at_least_one]
    if rules:
        result["allOf"] = rules
    if shape.needs:
        result["dependentRequired"] = {name: [needed] for name, needed in shape.needs}
    return result


def _field(known: Field) -> dict[str, Any]:
    return {"description": known.doc, **_form(known.form)}


def _form(form: Form) -> dict[str, Any]:
    """The schema of one form."""
    match form.name:
        case "text":
            return {"type": ["string", "number"], "minLength": 1}
        case "id":
            return {"type": "string", "pattern": _ID}
        case "policy id":
            return {"type": "string", "pattern": f"^{POLICY_ID.pattern}$"}
        case "clause reference":
            return {"type": "string", "pattern": f"^{POLICY_ID.pattern}#{ID.pattern}$"}
        case "row":
            return {"type": "string", "pattern": _ROW}
        case "rows":
            return {"type": "array", "items": {"type": "string", "pattern": _ROW_OR_RANGE}}
        case "date":
            return {"type": "string", "pattern": _DATE}
        case "boolean":
            return {"type": "boolean"}
        case "number":
            return {"type": "number"}
        case "whole":
            return {"type": "integer", "minimum": 1}
        case "option":
            return {"enum": list(form.options)}
        case "growth":
            return {"type": "string", "pattern": r"^\s*>=?\s*\d[0-9.eE+]*x\s*$"}
        case "more":
            return {"type": "string", "pattern": r"^\s*>=?\s*\d[0-9.eE+]*\s*$"}
        case "every":
            assert form.shape is not None
            return {"anyOf": [{"$ref": "#/$defs/length"}, _mapping(form.shape)]}
        case "bound":
            return {"type": ["string", "boolean"], "minLength": 1}
        case "condition" | "events" | "length":
            return _language(form)
        case "clauses":
            return {"type": "array", "items": _clause()}
        case _:
            return _nested(form)


def _language(form: Form) -> dict[str, Any]:
    reference = {"$ref": f"#/$defs/{form.name}"}
    return {"anyOf": [{"enum": list(form.options)}, reference]} if form.options else reference


def _nested(form: Form) -> dict[str, Any]:
    """Forms made of other forms."""
    if form.name == "shape":
        assert form.shape is not None
        return _mapping(form.shape)
    assert form.item is not None
    item = _form(form.item)
    if form.name == "list":
        return {"type": "array", "items": item}
    if form.name == "one or list":
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}
    if form.name == "table":
        return {
            "type": "object",
            "propertyNames": {"pattern": _ID},
            "additionalProperties": item,
        }
    assert form.shape is not None
    return {"anyOf": [item, _mapping(form.shape)]}


def _clause() -> dict[str, Any]:
    """One clause: its kind decides which fields it has."""
    return {
        "type": "object",
        "required": ["id", "kind"],
        "properties": {
            "kind": {"enum": list(CLAUSES), "description": "What kind of clause it is."}
        },
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/clause-{kind}"},
            }
            for kind in CLAUSES
        ],
    }
