"""What must be true, measured again: exact results, stylised facts, and which of our own numbers carry the outcomes."""
