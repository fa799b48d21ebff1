# Runs a program of the swarm check in perl or python3: minimal systems have one of them (perl on Debian, python3 on Red Hat).
# PERL and PYTHON are the text of the program; CHECK_* are its parameters. Prints "interpreter|NAME" first, or "interpreter|none" when
# the host has neither.
export LC_ALL=C CHECK_TOKEN CHECK_SELF CHECK_SECONDS CHECK_FAMILIES CHECK_TCP CHECK_UDP CHECK_ESP CHECK_TARGETS

python=python3
command -v "$python" >/dev/null 2>&1 || python=/usr/libexec/platform-python

if perl -MSocket=inet_pton -e 1 >/dev/null 2>&1; then
  echo 'interpreter|perl'
  printf '%s\n' "$PERL" | perl -
elif "$python" -c 'import socket, select' >/dev/null 2>&1; then
  echo 'interpreter|python3'
  printf '%s\n' "$PYTHON" | "$python" -
else
  echo 'interpreter|none'
fi
