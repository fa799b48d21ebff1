# Waits until cloud-init has finished, TIMEOUT seconds at most. Prints "state|done" or "state|running".
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C

main() {
  waited=0
  while [ "$waited" -lt "$TIMEOUT" ]; do
    if [ -e /run/cloud-init/result.json ]; then echo 'state|done'; return; fi
    # A failed cloud-init writes no result.
    if command -v systemctl >/dev/null 2>&1 && [ "$(systemctl is-active cloud-final.service 2>/dev/null)" = failed ]; then echo 'state|failed'; return; fi
    sleep 1
    waited=$((waited + 1))
  done
  echo 'state|running'
}

main </dev/null
