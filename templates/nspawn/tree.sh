# Writes into the root file system $target. It may come from anywhere, and a link in it may lead to a file of this computer: no link is
# followed, neither in a folder's place nor in a file's. Sourced.

# folder PATH: makes it and the folders above it where they are missing
folder() {
  reached=$target
  left=$1/
  while [ -n "$left" ]; do
    reached=$reached/${left%%/*}
    left=${left#*/}
    real_folder "$reached" || mkdir -m 755 "$reached"
  done
}

# real_folder PATH: fails when nothing is there, ends the script when something else is
real_folder() {
  if [ -L "$1" ] || { [ -e "$1" ] && [ ! -d "$1" ]; }; then
    echo "E: ${1#"$target"} of the root file system is not a folder but a link or a file" >&2
    exit 3
  fi
  [ -d "$1" ]
}

# remove PATH...: each goes with all that is in it; a link goes itself
remove() {
  for path in "$@"; do
    reached=$target
    left=$path
    while [ "$left" != "${left#*/}" ]; do
      reached=$reached/${left%%/*}
      left=${left#*/}
      real_folder "$reached" || continue 2
    done
    if [ -e "$target/$path" ] || [ -L "$target/$path" ]; then rm -rf "${target:?}/$path"; fi
  done
}

# put PATH [MODE]: makes the file anew, from standard input
put() {
  folder "${1%/*}"
  remove "$1"
  (set -C && cat >"$target/$1")
  chmod "${2:-644}" "$target/$1"
}

# link PATH TEXT: makes a link anew
link() {
  folder "${1%/*}"
  remove "$1"
  ln -s "$2" "$target/$1"
}
