"""`make package`: the deployable template and zip in `build/`."""

from cloud.package import ROOT, make

package = make(ROOT / "build")
print(f"{package.template.relative_to(ROOT)}")
print(f"{package.zip.relative_to(ROOT)}  {package.zip.stat().st_size / 1e6:.1f} MB")
