# shellcheck shell=bash
# The demo: its environment, its data, its two processes. Sourced by demo and dev after shared.sh.

demo_port=${DEMO_PORT:-3000}
entra_port=${DEMO_ENTRA_PORT:-4400}
demo_url=http://localhost:$demo_port
demo_data=.demo
demo_password='four words for a demo' # of the owners; nobody else has one
seed=end2end/entra-emulator/seeds/contoso.json

contoso=3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70
fabrikam=8d2f6b0c-51e3-4a7b-b3c9-6e0f1a2d4c58

# Everything the server reads is set here, so that neither the shell's environment nor a .env file changes the demo.
# An empty variable counts as not set.
demo_environment() {
  local name
  for name in MICROSOFT_ENTRA_ID_CLIENT_ID MICROSOFT_ENTRA_ID_CLIENT_SECRET MICROSOFT_ENTRA_ID_AUTHORITY_HOST \
    MICROSOFT_GRAPH_URL AUTH_MODE ENTRA_DEFAULT_ROLE ENTRA_TENANT_VERIFICATION PUBLIC_URL DATABASE_URL \
    ENCRYPTION_KEY TRUSTED_PROXIES SESSION_IDLE SESSION_ABSOLUTE RUST_LOG LOG_FORMAT METRICS_ADDR \
    OTEL_EXPORTER_OTLP_ENDPOINT; do
    export "$name=" "${name}_FILE="
  done
  unset LEPTOS_SITE_ADDR_FILE
  # The emulator's registration; these are no secrets of anybody.
  export MICROSOFT_ENTRA_ID_CLIENT_ID=11111111-aaaa-4bbb-8ccc-222222222222
  export MICROSOFT_ENTRA_ID_CLIENT_SECRET=emulator-secret-value
  export MICROSOFT_ENTRA_ID_AUTHORITY_HOST=http://127.0.0.1:$entra_port
  export MICROSOFT_GRAPH_URL=http://127.0.0.1:$entra_port
  export PUBLIC_URL=$demo_url
  export DATABASE_URL=sqlite://$demo_data/sonicsaas.db
  export LEPTOS_SITE_ADDR=127.0.0.1:$demo_port
  export RUST_LOG=${DEMO_LOG:-info}
}

# The object id of a group of the demo directory.
group_id() { # TENANT NAME
  # shellcheck disable=SC2016 # the script's own dollar signs
  node -e '
    const [file, tenant, name] = process.argv.slice(1);
    const seed = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
    const group = seed.tenants.find((one) => one.id === tenant)?.groups?.find((one) => one.name === name);
    if (!group) { console.error(`${file}: tenant ${tenant} has no group ${name}`); process.exit(1); }
    console.log(group.id);' "$seed" "$1" "$2"
}

field() { node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8"))[process.argv[1]]' "$1"; }

add_team() { # PROGRAM NAME OWNER EMAIL TENANT GROUP:ROLE:PRIORITY…
  local program=$1 name=$2 owner=$3 email=$4 tenant=$5 printed team group role priority
  shift 5
  say "  $name"
  printed=$("$program" team create --name "$name" --owner-name "$owner" --owner-email "$email" --password-stdin \
    <<<"$demo_password")
  team=$(field team_id <<<"$printed")
  "$program" tenant register --team "$team" --tenant-id "$tenant" --proven >/dev/null
  while [ $# -gt 0 ]; do
    IFS=: read -r group role priority <<<"$1"
    shift
    "$program" mapping add --team "$team" --group-id "$(group_id "$tenant" "$group")" \
      --role "$role" --priority "$priority" >/dev/null
  done
}

# A fresh database, filled by the commands that an operator would use.
make_demo_data() { # PROGRAM
  mkdir -p "$demo_data"
  rm -f "$demo_data"/sonicsaas.db*
  RUST_LOG=warn add_team "$1" 'Northwind MSP' 'Petra Holm' petra@northwind.example "$contoso" \
    SonicSaaS-Admins:admin:90 SonicSaaS-Operators:operator:50 SonicSaaS-Members:member:40 \
    SonicSaaS-Auditors:auditor:20 SonicSaaS-Viewers:viewer:10
  RUST_LOG=warn add_team "$1" 'Fabrikam Field Services' 'Ruth Adeyemi' ruth@fieldservices.example "$fabrikam" \
    Fabrikam-Admins:admin:90 Fabrikam-Operators:operator:50 Fabrikam-Viewers:viewer:10
}

print_sign_ins() {
  local line='  %-14s %-24s %-24s %s\n'
  printf '\nSonicSaaS runs at  %s\n\n' "$demo_url"
  printf 'Press "Sign in with Microsoft" and pick a person.\n\n'
  # shellcheck disable=SC2059 # one format for all lines
  {
    printf "$line" 'person' 'account' 'team' 'role'
    printf "$line" 'Adam Cole' adam@contoso.com 'Northwind MSP' 'admin'
    printf "$line" 'Dana Reyes' dana@contoso.com 'Northwind MSP' 'operator'
    printf "$line" 'Theo Lund' theo@contoso.com 'Northwind MSP' 'operator: in two groups, and the higher priority wins'
    printf "$line" 'Nils Berg' nils@contoso.com 'Northwind MSP' 'operator: through a nested group'
    printf "$line" 'Mia Novak' mia@contoso.com 'Northwind MSP' 'member'
    printf "$line" 'Ines Duarte' ines@contoso.com 'Northwind MSP' 'auditor'
    printf "$line" 'Vic Tran' vic@contoso.com 'Northwind MSP' 'viewer'
    printf "$line" 'Priya Shah' priya@contoso.com 'Northwind MSP' 'member: no group is mapped, so the default role'
    printf "$line" 'Farah Malik' farah@fabrikam.com 'Fabrikam Field Services' 'admin'
    printf "$line" 'Omar Diaz' omar@fabrikam.com 'Fabrikam Field Services' 'operator'
    printf "$line" 'Vera Lindqvist' vera@fabrikam.com 'Fabrikam Field Services' 'viewer'
    printf "$line" 'Lena Fox' lena@litware.example '(none)' "refused: Your organization hasn't been set up for SSO yet"
    printf '\nOr sign in with email, as the owner of a team; the password is  %s\n\n' "$demo_password"
    printf "$line" 'person' 'email address' 'team' 'role'
    printf "$line" 'Petra Holm' petra@northwind.example 'Northwind MSP' 'owner'
    printf "$line" 'Ruth Adeyemi' ruth@fieldservices.example 'Fabrikam Field Services' 'owner'
  }
}

# Processes. The last one that was started is stopped first.
processes=()
stop_processes() {
  local code=$? at
  trap - EXIT INT TERM
  for ((at = ${#processes[@]} - 1; at >= 0; at--)); do
    kill "${processes[$at]}" 2>/dev/null || true
    wait "${processes[$at]}" 2>/dev/null || true
  done
  exit "$code"
}
stop_at_end() {
  trap stop_processes EXIT
  trap 'printf "\nstopping\n"; exit 0' INT TERM
}

# Starts a program in the background and waits until it answers.
start() { # NAME LOG PORT PATH COMMAND…
  local name=$1 log=$2 port=$3 path=$4 process tries=0
  shift 4
  "$@" >"$log" 2>&1 &
  process=$!
  processes+=("$process")
  until answers "$port" "$path"; do
    tries=$((tries + 1))
    if ! kill -0 "$process" 2>/dev/null || [ "$tries" -gt 150 ]; then
      tail -n 20 "$log" >&2
      fail "$name did not start; $log says more"
    fi
    sleep 0.2
  done
}

start_emulator() { # PROGRAM
  start 'the Entra emulator' "$demo_data/entra-emulator.log" "$entra_port" / \
    "$1" --listen "127.0.0.1:$entra_port" --seed "$seed" \
    --redirect-uri "$demo_url/api/auth/callback/microsoft-entra-id"
}

# Waits until somebody presses Ctrl-C; when a process ends by itself, that is an error.
stay() {
  local process
  while :; do
    for process in "${processes[@]}"; do
      kill -0 "$process" 2>/dev/null || fail "a process of the demo ended; $demo_data/*.log say why"
    done
    sleep 1 &
    wait $! || true
  done
}
