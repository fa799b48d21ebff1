# Completion for bash 3.2 and later. The program itself lists the completions.
__tsmachine_complete() {
  local typed=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT} whole='' word about file i
  local -a words=()
  # bash splits words at = and : (COMP_WORDBREAKS), so they are put together again
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i == COMP_CWORD)) && [[ -z $word && $line == *[[:space:]] ]]; then
      words+=('')
    elif ((${#words[@]} > 0)) && [[ $word == [=:]* || $whole == *[=:] && ${COMP_WORDS[i - 1]} == [=:]* ]]; then
      words[${#words[@]} - 1]=$whole$word
    else
      words+=("$word")
    fi
    whole=${words[${#words[@]} - 1]}
  done
  [[ $typed != [=:] ]] || typed=''
  local head=${whole%"$typed"}
  COMPREPLY=()
  while IFS=$'\t' read -r word about; do
    case $word in
      :files | :folders)
        compopt -o filenames 2>/dev/null
        local kind=-f
        [[ $word == :files ]] || kind=-d
        while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen "$kind" -- "$typed")
        ;;
      *)
        [[ $word != *[=:] ]] || compopt -o nospace 2>/dev/null
        COMPREPLY+=("${word#"$head"}")
        ;;
    esac
  done < <(command @PROGRAM@ completion --words -- "${words[@]}" 2>/dev/null)
}

complete -F __tsmachine_complete @PROGRAM@
