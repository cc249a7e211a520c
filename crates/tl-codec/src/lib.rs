//! Reads and writes TL with limits: depth, allocation budget, lengths.
