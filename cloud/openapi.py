"""`make openapi`: the API's document as docs/openapi.json, so that a change of the API shows as a difference of that file."""

import json

from chalicelib.web.api.openapi import document
from cloud.package import ROOT

FILE = ROOT / "docs" / "openapi.json"


def written() -> str:
    """What the file has to hold: what `/api/v1/openapi.json` answers, sorted and readable."""
    return json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written())
    print(f"Wrote {FILE.relative_to(ROOT)}.")
