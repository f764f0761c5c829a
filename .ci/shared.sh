# shellcheck shell=bash
# What the scripts of this folder share: where things are, which versions count, how a stage is run and timed.
# It is sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# One target directory and one selection of packages and features for every cargo command. With another selection cargo
# would build the same dependencies once more.
export CARGO_TARGET_DIR=$root/target
# shellcheck disable=SC2034 # for the scripts that source this file
selection=(--locked --workspace --features sonicsaas/ssr)

# Tools that this repository installs for itself come first; they do not touch what the machine has.
tools=$root/target/tools
export PATH="$tools/bin:$tools/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

rust_version=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
cargo_leptos_version=0.3.10 # 0.3.11 needs a newer compiler than the pinned one
wasm_bindgen_version=$(grep -A1 '^name = "wasm-bindgen"$' Cargo.lock | sed -n 's/^version = "\(.*\)"$/\1/p')
wasm_opt_version=132
node_version=20
export cargo_leptos_version wasm_bindgen_version wasm_opt_version node_version

export npm_config_update_notifier=false

say() { printf '%s\n' "$*"; }

fail() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# The pinned compiler may be installed under the name `stable` only. Then that one is used.
rustc_is_pinned() {
  [ "$("$@" --version 2>/dev/null | cut -d ' ' -f 2)" = "$rust_version" ]
}
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && has rustup &&
  ! rustup toolchain list 2>/dev/null | grep -q "^$rust_version" && rustc_is_pinned rustup run stable rustc; then
  export RUSTUP_TOOLCHAIN=stable
fi

# Stages. `stage NAME COMMAND…` runs the command in a shell of its own, keeps what it prints in a log, and says how
# long it took. The first failing stage ends the script.
stage_names=()
stage_seconds=()
stage_logs=$root/target/stages/$$ # two runs at once shall not mix theirs

log_of() { printf '%s/%s.log' "$stage_logs" "$(printf '%s' "$1" | tr -c 'A-Za-z0-9' '-')"; }

stage() {
  local name=$1 began=$SECONDS code
  shift
  mkdir -p "$stage_logs"
  printf '\n==> %s\n' "$name"
  # Not `command || …`: in a condition bash would go on after a failure inside of the command.
  set +e
  (
    set -e
    "$@"
  ) 2>&1 | tee "$(log_of "$name")"
  code=${PIPESTATUS[0]}
  set -e
  stage_names+=("$name")
  stage_seconds+=($((SECONDS - began)))
  if [ "$code" -ne 0 ]; then
    printf -- '--- %s: FAILED after %s s\n' "$name" $((SECONDS - began))
    exit 1
  fi
  printf -- '--- %s: %s s\n' "$name" $((SECONDS - began))
}

print_stages() {
  local at total=0
  printf '\nStages\n'
  for at in "${!stage_names[@]}"; do
    printf '  %-46s %6s s\n' "${stage_names[$at]}" "${stage_seconds[$at]}"
    total=$((total + stage_seconds[at]))
  done
  printf '  %-46s %6s s\n' 'all' "$total"
}

# The release as it is deployed: target/release/sonicsaas with hash.txt beside it, and target/site.
build_release() {
  cargo leptos build --release --split --precompress --cargo-locked
  cargo build --release "${selection[@]}" --bin entra-emulator
}

# Ports.
port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

require_free_port() { # PORT VARIABLE TARGET
  if port_is_taken "$1"; then
    fail "port $1 is in use. Stop the program that uses it, or choose another port: $2=$(($1 + 1000)) make $3"
  fi
}

# Whether http://127.0.0.1:PORT/PATH answers 200. Debian's smallest system has neither curl nor wget.
answers() { # PORT PATH
  local status
  # shellcheck disable=SC2016 # the inner shell expands its own arguments
  status=$(bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf "GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n" "$2" "$1" >&3
    read -r -t 5 _ status _ <&3; printf %s "$status"' answers "$1" "$2" 2>/dev/null) || return 1
  [ "$status" = 200 ]
}

# The folder with PostgreSQL's initdb and pg_ctl: the newest of Debian's, else the one on PATH.
postgres_programs() {
  local folder
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t / -k 5 -n -r) /usr/pgsql-*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      say "$folder"
      return
    fi
  done
  if has initdb && has pg_ctl; then
    dirname "$(command -v initdb)"
    return
  fi
  return 1
}
