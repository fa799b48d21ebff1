# Completion for zsh. The program itself lists the completions.
__tsmachine_complete() {
  local line word
  local -a typed plain plain_about open open_about
  typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
  for line in "${(@f)$(command @PROGRAM@ completion --words -- "${(@)typed}" 2>/dev/null)}"; do
    word=${line%%$'\t'*}
    case $word in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      *[=:]) open+=("$word"); open_about+=("$word  ${line#*$'\t'}") ;;
      *) plain+=("$word"); plain_about+=("$word  ${line#*$'\t'}") ;;
    esac
  done
  (( ! $#plain )) || compadd -l -d plain_about -a plain
  (( ! $#open )) || compadd -S '' -a open
}

(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef __tsmachine_complete @PROGRAM@
