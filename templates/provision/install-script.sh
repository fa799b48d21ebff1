# Installs an engine with the script at URL, which is downloaded completely before it is run.
# VERSION   passed on as the environment variable that get.docker.com uses
# INSECURE  yes: it may come over plain http. Otherwise curl is needed: wget follows a redirect to plain http without a word.
# Exit status 0 done, 22 failed, 23 the URL cannot be reached.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH DEBIAN_FRONTEND=noninteractive
umask 022

fact() { printf '%s|%s\n' "$1" "$2"; }
has() { command -v "$1" >/dev/null 2>&1; }

script=$(mktemp) || { fact failure 'No space left on device: no temporary file'; exit 22; }
trap 'rm -f "$script"' EXIT
trap 'exit 129' HUP INT TERM PIPE

# Installs curl on a host that has no program to download the script with.
downloader() {
  if has curl; then return 0; fi
  if [ "$INSECURE" = yes ] && has wget; then return 0; fi
  if has apt-get; then apt-get -q update && apt-get -q -y -o DPkg::Lock::Timeout="$LOCK_TIMEOUT" install --no-install-recommends curl ca-certificates
  elif has dnf; then dnf -y install curl
  elif has yum; then yum -y install curl
  elif has zypper; then zypper -n install curl
  elif has pacman; then pacman -Sy --noconfirm curl
  elif has apk; then apk add curl
  else return 1; fi
}

main() {
  downloader 2>&1 || { fact failure 'curl is not installed, and installing it failed'; exit 22; }
  if [ "$INSECURE" = yes ]; then protocols='=http,https'; else protocols='=https'; fi
  if has curl; then reason=$(curl -fsSL --proto "$protocols" --proto-redir "$protocols" --connect-timeout 15 --max-time 120 -o "$script" "$URL" 2>&1)
  else reason=$(wget -T 15 -t 2 -q -O "$script" "$URL" 2>&1); fi || {
    fact failure "$(printf '%s' "$reason" | tail -n 1)"
    exit 23
  }
  fact progress "Running the script of $URL"
  if [ -n "$VERSION" ]; then export VERSION; fi
  sh "$script" 2>&1 || exit 22
}

main </dev/null
