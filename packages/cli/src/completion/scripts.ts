export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** The script that makes a shell ask `cairn __complete` what can stand at the cursor. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/**
 * Works in bash 3.2 too, as macOS has it, which lacks `compopt` and `mapfile`. Bash breaks words at `@`, `:` and
 * `=`, so it hands over the whole line and what it breaks at.
 */
const BASH = `# Completion for cairn in bash. In ~/.bashrc: source <(cairn completion bash)
_cairn() {
  local ending answer
  COMPREPLY=()
  {
    IFS= read -r ending
    while IFS= read -r answer; do
      printf -v answer '%q' "\${answer%%$'\\t'*}"
      COMPREPLY+=("$answer")
    done
  } < <(cairn __complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  case $ending in
    open) compopt -o nospace 2>/dev/null ;;
    files) compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")) ;;
    folders) compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "\${COMP_WORDS[COMP_CWORD]}")) ;;
  esac
}
complete -F _cairn cairn
`;

const ZSH = `#compdef cairn
# Completion for cairn in zsh. In ~/.zshrc, after compinit: source <(cairn completion zsh)
_cairn() {
  local -a answers values shown
  local ending answer
  answers=("\${(@f)$(cairn __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  ending=$answers[1]
  for answer in "\${(@)answers[2,-1]}"; do
    values+=("\${answer%%$'\\t'*}")
    shown+=("\${answer%%$'\\t'*}  \${answer#*$'\\t'}")
  done
  case $ending in
    files) _files ;;
    folders) _files -/ ;;
    open) compadd -S '' -l -d shown -a values ;;
    *) compadd -l -d shown -a values ;;
  esac
}
if [[ $funcstack[1] == _cairn ]]; then _cairn; else compdef _cairn cairn; fi
`;

const FISH = `# Completion for cairn in fish: cairn completion fish > ~/.config/fish/completions/cairn.fish
function __cairn_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  set -l answers (cairn __complete fish -- $words "$current" 2>/dev/null)
  switch "$answers[1]"
    case files
      __fish_complete_path "$current"
    case folders
      __fish_complete_directories "$current"
    case '*'
      printf '%s\n' $answers[2..-1]
  end
end
complete -c cairn -f -a '(__cairn_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
