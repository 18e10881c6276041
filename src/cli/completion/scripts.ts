/** What each shell is told, by the name under which the program is called: it asks the program itself. */
export const scripts: Readonly<Record<'bash' | 'zsh' | 'fish', (program: string) => string>> = {
  bash: (program) => `_${program}() {
  local IFS=$'\\n'
  COMPREPLY=($(${program} __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o bashdefault -o default -F _${program} ${program}
`,
  zsh: (program) => `#compdef ${program}
_${program}() {
  local -a found
  found=(\${(f)"$(${program} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _${program} ${program}
`,
  fish: (program) => `function __${program}_complete
  set -l words (commandline -opc) (commandline -ct)
  ${program} __complete $words[2..-1] 2>/dev/null
end
complete -c ${program} -a '(__${program}_complete)'
`,
};
