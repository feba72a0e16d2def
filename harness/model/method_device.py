"""Parameters by which a device's state, telemetry and fingerprint are judged."""

from harness.model.document import Document


class DeviceMethod(Document):
    """The part `[device]` of a method file. Methods of before it was written have none, and its checks do not run."""
