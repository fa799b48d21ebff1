# Reports what is at the path WHERE, or, when that is a folder and INTO is set, at INTO inside it. Follows links, changes nothing.
# Prints "key|text" lines; the path itself comes last, because it may contain anything.
fact() { printf '%s|%s\n' "$1" "$2"; }

path=$WHERE
if [ -d "$path" ] && [ -n "$INTO" ]; then path=${path%/}/$INTO; fi

if [ -d "$path" ]; then
  fact kind folder
  real=$(cd "$path" 2>/dev/null && pwd -P) || real=$path
elif [ -f "$path" ]; then
  fact kind file
  if [ -L "$path" ]; then real=$(readlink -f "$path"); else real=$path; fi
else
  if [ -e "$path" ]; then fact kind other; else fact kind none; fi
  real=$path
fi
if [ -d "$(dirname "$path")" ]; then fact parent yes; fi
if [ -r "$path" ]; then fact readable yes; fi
# size, permissions, seconds since the epoch, owner
fact stat "$(stat -L -c '%s %a %Y %u:%g' "$path" 2>/dev/null)"
if command -v tar >/dev/null 2>&1; then fact tar yes; fi
fact user "$(id -u)"
printf 'path|%s' "$real"
