# The server in an image: docker build -t selfsame . && docker run -p 127.0.0.1:4680:4680 -v selfsame:/data selfsame
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --no-audit --no-fund && npm pack --silent --workspace packages/cli --pack-destination /tmp

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /tmp/selfsame-*.tgz /tmp/
RUN npm install --omit=dev --no-audit --no-fund /tmp/selfsame-*.tgz && rm /tmp/selfsame-*.tgz \
  && ln -s /app/node_modules/.bin/selfsame /usr/local/bin/selfsame \
  && mkdir /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4680
EXPOSE 4680
# Stops within five seconds of SIGTERM, with everything answered that was sent.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["selfsame"]
CMD ["serve"]
