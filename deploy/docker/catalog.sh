#!/bin/sh
# Run by the postgres image when it makes its server: a role and a database for the catalog. The role is no superuser, and
# the superuser has no password, so nobody signs in as it but over the socket inside the container.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set superuser="$POSTGRES_USER" --set password="$CATALOG_PASSWORD" <<'SQL'
CREATE ROLE holdfast LOGIN PASSWORD :'password';
-- Taken by requests of API tokens that are limited to sources (docs/security.md).
CREATE ROLE holdfast_limited_holdfast NOLOGIN;
GRANT holdfast_limited_holdfast TO holdfast;
CREATE DATABASE holdfast OWNER holdfast;
ALTER ROLE :"superuser" PASSWORD NULL;
SQL
