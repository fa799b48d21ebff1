# How every upgrading script tells what it did. The script says with `installed` which packages are there, as "name version" lines.
engine_pid() { cat /run/docker.pid 2>/dev/null || cat /var/run/docker.pid 2>/dev/null; }

# Notes what is there. Exit status 24: the engine came by other means than packages.
begin() {
  before=$(installed)
  if [ -z "$before" ]; then exit 24; fi
  pid=$(engine_pid)
}

# The names of the packages that are there.
names() { printf '%s\n' "$before" | cut -d ' ' -f 1; }
version_of() { printf '%s\n' "$before" | sed -n "s/^$1 //p"; }

# Tells each package that changed, and whether the engine still has to be restarted: some packages restart it themselves.
finish() {
  after=$(installed)
  if [ "$after" = "$before" ]; then return 0; fi
  printf '%s\n' "$after" | while read -r name version; do
    if [ "$(version_of "$name")" != "$version" ]; then fact changed "$name $(version_of "$name") -> $version"; fi
  done
  if [ -z "$pid" ] || [ "$(engine_pid)" = "$pid" ]; then fact restart needed; fi
}

# Tells that package $1 would become version $2, if there is one.
tell_newer() { if [ -n "$2" ] && [ "$(version_of "$1")" != "$2" ]; then fact newer "$1 $(version_of "$1") -> $2"; fi; }

# An engine that has been running must not meet data of a newer one.
refuse_older() {
  fact failure "version $1 is older than the $2 that is there"
  exit 22
}
