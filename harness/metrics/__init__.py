"""One formula per module, with its source. Exact; no formula knows a threshold."""
