# Prints the paths that the pattern WHERE matches, as the shell expands it, each followed by a NUL. A path that exists as it stands, and a
# pattern that matches nothing, are printed as they are. Nothing but the pattern is expanded: no words are split, no commands run.
case $WHERE in
  /*) ;;
  *) WHERE=./$WHERE ;;
esac
IFS=
if [ -e "$WHERE" ] || [ -L "$WHERE" ]; then set -- "$WHERE"; else set -- $WHERE; fi
printf '%s\0' "$@"
