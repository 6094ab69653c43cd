"""`make package`: the deployable template and zip in `build/`."""

from cloud.package import ROOT, make

package = make(ROOT / "build")
print(f"{package.template.relative_to(ROOT)}")
for written in (package.zip, package.pictures):
    print(f"{written.relative_to(ROOT)}  {written.stat().st_size / 1e6:.1f} MB")
