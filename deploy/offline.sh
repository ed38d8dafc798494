#!/bin/sh
# Carry the images to a machine without Internet.
#   here:   deploy/offline.sh save couture-images.tar.gz
#   there:  deploy/offline.sh load couture-images.tar.gz
# docker-compose.yml is all that is needed beside that file.
set -eu

compose() {
  docker compose --profile ldap --profile serving "$@"
}

case ${1:-} in
save)
  compose build
  compose pull --ignore-buildable
  images=$(compose config --images | sort -u) # a list of names
  # shellcheck disable=SC2086
  docker save --output "$2.tar" $images
  gzip -c "$2.tar" >"$2.new"
  rm "$2.tar"
  mv "$2.new" "$2"
  ;;
load)
  gzip -dc "$2" | docker load
  ;;
*)
  sed -n '2,5s/^# //p' "$0" >&2
  exit 2
  ;;
esac
