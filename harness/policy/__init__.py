"""The law: data in `instruments/`, its small language, its time line, and the engine that applies it."""
