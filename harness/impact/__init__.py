"""What changes when the law changes: for known chips, stored reports, and every case that there could be."""
