"""A local server that speaks Clever's API over a dataset, for development and tests."""

from dlt_sources.sandbox.dataset import Dataset
from dlt_sources.sandbox.faults import Fault
from dlt_sources.sandbox.server import Sandbox, run_forever, serve

__all__ = ["Dataset", "Fault", "Sandbox", "run_forever", "serve"]
