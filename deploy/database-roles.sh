#!/bin/sh
# The site's account in PostgreSQL: master of its own database and of nothing else. The postgres image runs this once, when
# its folder is new; on a server of your own: DATABASE_PASSWORD=... sh database-roles.sh, as the user postgres.
set -eu
: "${DATABASE_PASSWORD:?set it in .env}"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv password DATABASE_PASSWORD
CREATE ROLE contest LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE contest OWNER contest TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE contest FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
SQL
