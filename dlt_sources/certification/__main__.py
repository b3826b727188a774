"""`python -m dlt_sources.certification`: write the certification dataset anew."""

from dlt_sources.certification.catalogue import FOLDER
from dlt_sources.certification.script import write

if __name__ == "__main__":
    write()
    print(f"Written: {FOLDER}")
