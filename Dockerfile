# The production packages have their own stage, so that a change of the sources reinstalls nothing.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without workspaces: tools/node would bring a second Node.
RUN npm ci --omit=dev --workspaces=false
# Removes what only compilers, editors and other platforms read. Licenses stay.
# The last line fails the build if too much was removed, or if there is no binary for this processor.
RUN cd node_modules \
  && rm -rf node-addon-api better-sqlite3/binding.gyp better-sqlite3/deps better-sqlite3/src \
  && find better-sqlite3/prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
  && find . -type d \( -name test -o -name docs -o -name examples -o -name 'benchmark*' \) \
    -execdir test -f package.json \; -prune -exec rm -rf {} + \
  && find . -type f \( -name '*.md' -o -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) \
    ! -iname 'licen[cs]e*' -delete \
  && node -e "new (require('better-sqlite3'))(':memory:'); require('fastify'); require('pino-pretty'); require('yaml')"

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --workspaces=false
COPY LICENSE openapi.yaml shapes.json ./
COPY migrations migrations
COPY scripts scripts
COPY src src
# COPY keeps the modes of the checkout, and under a strict umask the image's user could read none of it.
RUN npm run build && chmod a+x dist/cli.js && chmod -R a+rX package.json LICENSE openapi.yaml shapes.json migrations dist

FROM node:24-bookworm-slim
WORKDIR /app
# A new named volume takes over the owner of the folder that it covers.
RUN install -d -o node -g node /data && ln -s /app/dist/cli.js /usr/local/bin/opal-sandbox
# SQLite keeps what does not fit its memory in a temporary file; on a read-only root only /data can take it.
ENV NODE_ENV=production \
  OPAL_SANDBOX_HOST=0.0.0.0 \
  OPAL_SANDBOX_PORT=6725 \
  OPAL_SANDBOX_DB=/data/sandbox.db \
  SQLITE_TMPDIR=/data
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/package.json /app/LICENSE /app/openapi.yaml /app/shapes.json ./
COPY --from=build /app/migrations migrations
COPY --from=build /app/dist dist
# By number, since Kubernetes cannot check that a name is not root (runAsNonRoot).
USER 1000:1000
VOLUME /data
EXPOSE 6725
LABEL org.opencontainers.image.title="opal-sandbox" \
  org.opencontainers.image.description="A stateful local sandbox of Opal's API" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
# It knows the port from the environment only, so choose another one there and not with --port.
# An agent of its own, as the global one would use the proxy of NODE_USE_ENV_PROXY.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "require('node:http').get({ host: '127.0.0.1', port: process.env.OPAL_SANDBOX_PORT || 6725, path: '/_sandbox/health', agent: false }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# node directly, since npm does not forward signals. Without a limit V8's young generation doubles to 16 MiB, and after a
# million calls the server holds 153 MiB instead of 114.
ENTRYPOINT ["node", "--max-semi-space-size=8", "/app/dist/cli.js"]
