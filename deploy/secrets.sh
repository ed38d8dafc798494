#!/bin/sh
# Make what nobody may know: passwords, the addresses with them, the key. What is there is kept.
# Each reader has a folder of its own, so that each container is given no more than it needs.
set -euC # C: never write into what somebody else has put there
umask 077
SECRETS=${COUTURE_SECRETS:-/run/secrets}
HOME_FOLDER=${COUTURE_HOME:-/var/lib/couture}
HUB_FOLDER=${COUTURE_HUB_HOME:-/var/lib/couture-hub}
OWNER=${COUTURE_UID:-19998}
MYSQL=${COUTURE_MYSQL:-mysql:3306}
RABBITMQ=${COUTURE_RABBITMQ:-rabbitmq:5672}

random() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# keep FILE TEXT: whole or not at all
keep() {
  test -e "$1" && return
  rm -f "$1.new"
  printf '%s\n' "$2" >"$1.new"
  mv "$1.new" "$1"
}

# of other containers, whose servers have uids that we do not know; each sees its own folder only
mkdir -p "$SECRETS/mysql" "$SECRETS/rabbitmq" "$SECRETS/ldap" "$SECRETS/couture" "$SECRETS/login"
keep "$SECRETS/mysql/root_password" "$(random)"
keep "$SECRETS/mysql/password" "$(random)"
keep "$SECRETS/ldap/admin_password" "$(random)"
keep "$SECRETS/rabbitmq/couture.conf" "default_user = couture
default_pass = $(random)
log.console = true"
chmod 755 "$SECRETS/mysql" "$SECRETS/rabbitmq" "$SECRETS/ldap"
chmod 444 "$SECRETS"/mysql/* "$SECRETS"/rabbitmq/* "$SECRETS"/ldap/*

# ours
broker_password=$(sed -n 's/^default_pass = //p' "$SECRETS/rabbitmq/couture.conf")
database_password=$(cat "$SECRETS/mysql/password")
keep "$SECRETS/couture/db_url" "mysql+pymysql://couture:$database_password@$MYSQL/couture"
keep "$SECRETS/couture/broker_url" "amqp://couture:$broker_password@$RABBITMQ//"
keep "$SECRETS/login/admin_password" "$(random)"
chmod 400 "$SECRETS"/couture/* "$SECRETS"/login/*

# the key is the database's; the hub, which is trusted with more than DAG files are, has its copy
mkdir -p "$HOME_FOLDER/models" "$HUB_FOLDER"
test -e "$HOME_FOLDER/secret.key" ||
  keep "$HOME_FOLDER/secret.key" "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
keep "$HOME_FOLDER/models/models.config" "model_config_list {}"
chmod 711 "$HOME_FOLDER" "$HUB_FOLDER"
chmod 755 "$HOME_FOLDER/models"
chmod 644 "$HOME_FOLDER/models/models.config"
if ! cmp -s "$HOME_FOLDER/secret.key" "$HUB_FOLDER/secret.key"; then
  rm -f "$HUB_FOLDER/secret.key.new"
  cat "$HOME_FOLDER/secret.key" >"$HUB_FOLDER/secret.key.new"
  mv "$HUB_FOLDER/secret.key.new" "$HUB_FOLDER/secret.key"
fi

if [ "$(id -u)" = 0 ]; then
  chown -R "$OWNER:$OWNER" "$SECRETS/couture" "$SECRETS/login" "$HOME_FOLDER/models"
  chown -h "$OWNER:$OWNER" "$HOME_FOLDER" "$HOME_FOLDER/secret.key" "$HUB_FOLDER/secret.key"
fi
