# Sugar only: `cargo run` and `cargo test` work without it.

# Start it on the development profile; templates are compiled in, files of static/ are read from disk.
dev *arguments:
    cargo run -- {{arguments}}

# Everything that tests.
test *arguments:
    cargo test --workspace {{arguments}}

# What must hold before a change goes in.
check:
    .ci/run

# Keep screenshots of every state of the pages.
shots:
    PLANTAIN_SHOTS=target/shots cargo test --test browser

# Time what a person waits for in a browser.
waits:
    cargo test --test browser -- --ignored

# Time the whole turn, the upload, and each operation of the engine.
bench:
    cargo bench --workspace
