#!/usr/bin/env bash
# Run once, when PostgreSQL makes its folder: a database of its own for Superset, beside that of Airflow.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
  --set password="$(cat /run/secrets/superset_database_password)" <<'SQL'
create role superset login password :'password';
create database superset owner superset;
SQL
