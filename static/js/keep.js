// Keeps what people type.
