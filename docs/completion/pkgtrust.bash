# bash completion of pkgsign and pkgverify. It asks the tool itself, so it always knows the same commands and
# options; where the tool offers nothing, bash offers files.

_pkgtrust() {
  local word=${COMP_WORDS[COMP_CWORD]} candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    # Options only when one was begun: after a command people mostly want a file.
    [[ $candidate == -* && $word != -* ]] && continue
    [[ $candidate == "$word"* ]] && COMPREPLY+=("$candidate")
  done < <("$1" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | sort -u)
}

complete -o default -F _pkgtrust pkgsign
complete -o default -F _pkgtrust pkgverify
