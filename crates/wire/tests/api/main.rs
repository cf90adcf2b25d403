//! What crosses HTTP, through the public interface.
