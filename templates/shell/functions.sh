# For bash and zsh: "@PROGRAM@ use NAME", and a prompt that shows the active machine.

# Sets the variables of this shell, which a program cannot do. Set TSMACHINE_WRAPPED=false to leave this function out.
if [ "${TSMACHINE_WRAPPED:-${DOCKER_MACHINE_WRAPPED:-true}}" = true ]; then
  function @PROGRAM@ {
    if [ "${1:-}" != use ]; then
      command @PROGRAM@ "$@"
      return
    fi
    shift
    case "${1:-}" in
      '' | -h | --help) command @PROGRAM@ help use; return ;;
    esac
    local __tsmachine_lines
    __tsmachine_lines=$(command @PROGRAM@ env --shell bash "$@") || return
    eval "$__tsmachine_lines"
    [ -z "${DOCKER_MACHINE_NAME:-}" ] || echo "Active machine: $DOCKER_MACHINE_NAME"
  }
fi

# Use it as PS1='[\u@\h \W$(__tsmachine_ps1)]\$ '; zsh needs setopt PROMPT_SUBST. The argument is a printf format; the default is " [%s]".
# TSMACHINE_PS1_SHOWSTATUS=true adds the state of the machine, which is asked for it each time.
__tsmachine_ps1() {
  local format=${1:- [%s]} state=''
  [ -n "${DOCKER_MACHINE_NAME:-}" ] || return 0
  if [ "${TSMACHINE_PS1_SHOWSTATUS:-${DOCKER_MACHINE_PS1_SHOWSTATUS:-}}" = true ]; then
    case $(command @PROGRAM@ status "$DOCKER_MACHINE_NAME" 2>/dev/null) in
      Running) state=' R' ;;
      Stopping) state=' R->S' ;;
      Starting) state=' S->R' ;;
      Error | Timeout) state=' E' ;;
      *) state=' S' ;;
    esac
  fi
  # shellcheck disable=SC2059
  printf -- "$format" "$DOCKER_MACHINE_NAME$state"
}

__docker_machine_ps1() {
  __tsmachine_ps1 "$@"
}
