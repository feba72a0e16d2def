"""The processor of the host as a device: numpy, and a compiled kernel where a compiler is there."""
