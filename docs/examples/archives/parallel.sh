#!/bin/sh
# An archive through GNU parallel: sh parallel.sh FOLDER RECORDS [WORKERS]
# Each job has its share of the files; on several machines with one file system, add parallel's --sshlogin.
set -eu
workers=${3:-2}
seq "$workers" | parallel --halt soon,fail=1 --jobs "$workers" \
  khabar extract --shards "$2" --shard "{}/$workers" --processes 1 "$1"
