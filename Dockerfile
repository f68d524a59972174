# sfu-server in a container of Debian 12:
#   docker build -t sfu-server .
#   docker run --network host -e LIVEKIT_KEYS="my-key: a secret of at least 32 characters" sfu-server
FROM debian:12 AS build
WORKDIR /src
COPY . .
RUN ./dev package

FROM debian:12-slim
COPY --from=build /src/build/sfu-server_*.deb /tmp/
# Keys that the package makes would be the same in every container.
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/sfu-server_*.deb \
  && rm -rf /tmp/sfu-server_*.deb /var/lib/apt/lists/* /etc/sfu-server/keys.yaml
USER nobody
EXPOSE 7880/tcp 7881/tcp 7882/udp
ENTRYPOINT ["sfu-server", "--config", "/etc/sfu-server/config.yaml"]
