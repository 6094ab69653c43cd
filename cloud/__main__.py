"""`make package`: the deployable template and zips in `build/`, for the processor that `ARCHITECTURE` names."""

import os
import sys

from cloud.bundle import ARCHITECTURES
from cloud.package import ROOT, make_for

architecture = os.environ.get("ARCHITECTURE", "x86_64")
if architecture not in ARCHITECTURES:
    sys.exit(
        f"ARCHITECTURE is {architecture}: Lambda has {' and '.join(ARCHITECTURES)}. Set it to one of them, or not at all."
    )
package = make_for(ROOT / "build", architecture)
print(f"{package.template.relative_to(ROOT)}")
for written in (package.zip, package.pictures):
    print(f"{written.relative_to(ROOT)}  {written.stat().st_size / 1e6:.1f} MB")
