"""The manifests: what the service is and offers, for 0.2 and for 1.0-draft, which differ."""

from importlib.metadata import version
from typing import Final

from xingtu.ontology import XT
from xingtu.server.pages.addresses import ID
from xingtu.server.pages.language import translate
from xingtu.server.reconciliation.extending import CONTENTS
from xingtu.server.reconciliation.properties import Json, describe_type
from xingtu.server.reconciliation.suggesting import KINDS

BATCH: Final = 50
"""How many queries a batch may have."""
WIDTH, HEIGHT = 430, 190  # of a preview, in pixels
_DEFAULT_TYPES: Final = (
    "Mission",
    "Programme",
    "Organisation",
    "Person",
    "LaunchVehicleModel",
    "SpaceObject",
    "SatelliteConstellation",
    "Place",
    "State",
    "Event",
    "PolicyDocument",
    "Technology",
)


def write_manifest(base: str, service: str, language: str) -> Json:
    """Write the manifest of version 0.2.

    Args:
        base: The public URL of the server.
        service: The URL of the service, below which all else of it is.
        language: That of names.
    """
    return _common(base, language) | {
        "versions": ["0.1", "0.2"],
        "identifierSpace": ID,
        "schemaSpace": XT,
        "view": {"url": f"{base}/page/{{{{id}}}}"},
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}",
            "width": WIDTH,
            "height": HEIGHT,
        },
        "suggest": {
            kind: {
                "service_url": service,
                "service_path": f"/suggest/{kind}",
                "flyout_service_path": f"/flyout/{kind}/${{id}}",
            }
            for kind in KINDS
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/extend/propose"},
            "property_settings": [
                {
                    "name": setting["id"],
                    "label": setting["name"],
                    "help_text": setting["helpText"],
                    **{
                        key: setting[key]
                        for key in ("type", "default", "choices")
                        if key in setting
                    },
                }
                for setting in _settings(language)
            ],
        },
    }


def write_draft_manifest(base: str, language: str) -> Json:
    """Write the manifest of version 1.0-draft."""
    return _common(base, language) | {
        "versions": ["1.0-draft"],
        "lang": language,
        "dir": "ltr",
        "view": {"url": f"{base}/page/{{id}}"},
        "preview": {"width": WIDTH, "height": HEIGHT},
        "suggest": dict.fromkeys(KINDS, True),
        "extend": {"proposeProperties": True, "propertySettings": _settings(language)},
        "standardizedScore": True,
    }


def _common(base: str, language: str) -> Json:
    return {
        "name": translate("Xingtu", language),
        "documentation": base + "/ontology",
        "logo": base + "/assets/icon.svg",
        "serviceVersion": version("xingtu"),
        "defaultTypes": [describe_type(name).brief(language) for name in _DEFAULT_TYPES],
        "batchSize": BATCH,
    }


def _settings(language: str) -> list[Json]:
    choices = [{"value": key, "name": translate(text, language)} for key, text in CONTENTS.items()]
    return [
        {
            "id": "limit",
            "type": "number",
            "default": 0,
            "name": translate("Limit", language),
            "helpText": translate("How many values at most; 0 means all", language),
        },
        {
            "id": "content",
            "type": "select",
            "default": "values",
            "choices": choices,
            "name": translate("Content", language),
            "helpText": translate(
                "Values, the same as texts, identifiers, or their number", language
            ),
        },
    ]
