# One image for all of our services: docker compose build. What is built with, is not in it.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /source
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY hub_config hub_config
COPY server_extension server_extension
COPY scheduler scheduler
COPY operators operators
COPY examples examples
COPY lab_extension lab_extension
RUN python -m venv /opt/couture \
    && /opt/couture/bin/pip install --no-cache-dir '.[celery,mysql,postgresql]'

FROM ${PYTHON}
RUN useradd --uid 19998 --home-dir /var/lib/couture --create-home --shell /bin/bash couture
COPY --from=build /opt/couture /opt/couture
COPY deploy /opt/couture/deploy
ENV PATH=/opt/couture/bin:$PATH \
    COUTURE_HOME=/var/lib/couture \
    COUTURE_RUN_FOLDER=/run/couture \
    LANG=C.UTF-8
WORKDIR /var/lib/couture
USER 19998:19998
ENTRYPOINT ["couture"]
