# syntax=docker/dockerfile:1
# Builds with BuildKit:  docker build -t plantain .
# Runs with one writable place, a read-only root and no rights:
#
#   docker run --rm -p 127.0.0.1:8080:8080 -v plantain:/data --read-only --tmpfs /tmp \
#     --cap-drop ALL --security-opt no-new-privileges \
#     -e PLANTAIN_PASSWORD_FILE=/run/secrets/password -v "$PWD/password:/run/secrets/password:ro" \
#     -e PLANTAIN_PUBLIC_URL=http://localhost:8080 plantain
#
# In a container the server must listen on every address, and on anything but loopback it starts only with a password,
# or when told a second time that everybody may come in (PLANTAIN_OPEN_TO_EVERYONE=true). Take the password. Its file
# must be readable by user 10001 and by nobody else (mode 0600).

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# Downloaded and compiled dependencies stay in the caches between builds; only the program leaves them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin plantain && \
    install -D -m 0755 target/release/plantain /out/plantain

FROM debian:bookworm-slim
# Certificates: without them no model can be reached.
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates && \
    rm -rf /var/lib/apt/lists/* && \
    install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /out/plantain /usr/local/bin/plantain
# The threshold gives memory of large pictures back at once (docs/operating.md, "Memory"); set here, the program need not
# start itself a second time for it. The image has neither pip nor npm: pull the engine's models elsewhere (`plantain models
# pull`) and mount their folder at /data/models.
ENV PLANTAIN_DATA=/data \
    PLANTAIN_LISTEN=0.0.0.0:8080 \
    PLANTAIN_MODELS=off \
    MALLOC_MMAP_THRESHOLD_=262144
USER 10001:10001
VOLUME /data
EXPOSE 8080
# SIGTERM ends it cleanly within 30 s: give `docker stop` that long (-t 35).
STOPSIGNAL SIGTERM
# No HEALTHCHECK: the image has no client to ask with. Probe GET /healthz and GET /readyz from outside.
ENTRYPOINT ["/usr/local/bin/plantain"]
