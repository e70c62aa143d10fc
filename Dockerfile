# syntax=docker/dockerfile:1
# An image of the server: docs/deploy.md, "In a container".
#
# Law: it runs as nobody in particular, writes to /data alone, and holds no compiler, no package cache and no source but
# the installed package. Versions are those of requirements/, checked by their hashes.
#
#   docker build --tag townsquare .
#   docker run --rm --publish 8321:8321 --volume townsquare:/data townsquare

FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv /opt/townsquare
ENV PATH=/opt/townsquare/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# dependencies first: this layer stays as it is while only our own code changes
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --require-hashes --only-binary :all: -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY agents agents
COPY research research
COPY server server
COPY scenarios scenarios
COPY web_client web_client
RUN pip install --no-deps .

FROM python:3.13-slim
COPY --from=build /opt/townsquare /opt/townsquare
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin townsquare \
    && install --directory --owner townsquare --mode 0700 /data
ENV PATH=/opt/townsquare/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# compiled kernels are kept with the data: the first start on a machine takes up to a minute, later ones seconds
ENV NUMBA_CACHE_DIR=/data/kernels
ENV TOWNSQUARE_DATA=/data TOWNSQUARE_HOST=0.0.0.0 TOWNSQUARE_PORT=8321 TOWNSQUARE_LOG_FORMAT=json
USER 10001
VOLUME /data
EXPOSE 8321
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['TOWNSQUARE_PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["townsquare"]
CMD ["serve"]
