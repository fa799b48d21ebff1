# How every upgrading script reports what it did. The script's function `installed` prints the installed packages as "name version" lines.
engine_pid() { cat /run/docker.pid 2>/dev/null || cat /var/run/docker.pid 2>/dev/null; }

# Records the installed packages. Exit status 24: the engine was not installed from a package.
begin() {
  before=$(installed)
  if [ -z "$before" ]; then exit 24; fi
  pid=$(engine_pid)
}

# The names of the installed packages.
names() { printf '%s\n' "$before" | cut -d ' ' -f 1; }
version_of() { printf '%s\n' "$before" | sed -n "s/^$1 //p"; }

# Reports each package that changed, and whether the engine still has to be restarted: some packages restart it themselves.
finish() {
  after=$(installed)
  if [ "$after" = "$before" ]; then return 0; fi
  printf '%s\n' "$after" | while read -r name version; do
    if [ "$(version_of "$name")" != "$version" ]; then fact changed "$name $(version_of "$name") -> $version"; fi
  done
  if [ -z "$pid" ] || [ "$(engine_pid)" = "$pid" ]; then fact restart needed; fi
}

# Reports that package $1 would be upgraded to version $2, if there is one.
tell_newer() { if [ -n "$2" ] && [ "$(version_of "$1")" != "$2" ]; then fact newer "$1 $(version_of "$1") -> $2"; fi; }

# An older engine may not be able to read the data of a newer one.
refuse_older() {
  fact failure "version $1 is older than the installed $2"
  exit 22
}
