"""`python -m dlt_sources.sandbox.certification`: write the certification dataset anew."""

from dlt_sources.sandbox.certification.catalogue import FOLDER
from dlt_sources.sandbox.certification.script import write

if __name__ == "__main__":
    write()
    print(f"Written: {FOLDER}")
