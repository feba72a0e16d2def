"""The laboratory bench: devices, workloads, telemetry and the runner that writes a lab report. It never judges."""
