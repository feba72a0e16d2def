"""Accelerators: PyTorch does the work, NVML or AMD SMI shows the device, a compiled kernel is a second opinion."""
