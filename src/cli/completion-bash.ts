/** The completion script for bash, which zsh reads too. */
import type { CommandWords } from './completion.js';
import { type LookedUp, lookedUp } from './completion-words.js';

/** What prints the words that are looked up, one a line. */
const lookUps: Readonly<Record<LookedUp, string>> = {
  [lookedUp.files]: '_stile_files',
  [lookedUp.departments]: '_stile_departments',
  [lookedUp.services]: '_stile_services',
};

export function bashScript(commands: CommandWords): string {
  const values = [...commands].flatMap(([name, { options }]) =>
    [...options].flatMap(([option, held]) =>
      held === undefined ? [] : [`    ${name}:${option}) ${offering(held)}; return ;;`],
    ),
  );
  const own = [...commands].map(([name, { verbs, options, operands }]) => {
    const after = [...(verbs.length === 0 ? [] : [`_stile_verbs ${verbs.join(' ')}`]), ...operands.map(offering)];
    const dashes = `case $current in -*) _stile_offer ${[...options.keys()].join(' ')}; return ;; esac`;
    return `    ${[`${name}) ${dashes}`, ...after].join('; ')} ;;`;
  });
  return `# Completion of stile, made by: stile completion bash
_stile_departments() {
  local file
  for file in "\${STILE_CONFIG:-config}"/departments/*.yaml; do
    [ -e "$file" ] && file=\${file##*/} && printf '%s\\n' "\${file%.yaml}"
  done
}
_stile_services() {
  local folder
  for folder in "\${STILE_SCHEMAS:-schemas}"/*/*/v*/; do
    [ -d "$folder" ] && folder=\${folder%/} && printf '%s\\n' "\${folder#"\${STILE_SCHEMAS:-schemas}"/}"
  done
}
_stile_files() { compgen -f -- "$current"; }
# Names of files are words, whatever is in them: compgen -W would expand them as the shell does.
_stile_offer() {
  local word
  for word in "$@"; do case $word in "$current"*) COMPREPLY+=("$word") ;; esac; done
}
_stile_look() {
  local line
  while IFS= read -r line; do _stile_offer "$line"; done < <("$1")
}
_stile_verbs() { if [ "$COMP_CWORD" -eq 2 ]; then _stile_offer "$@"; fi; }
_stile() {
  local command=\${COMP_WORDS[1]} current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then _stile_offer ${[...commands.keys()].join(' ')}; return; fi
  case $command:$previous in
${values.join('\n')}
  esac
  case $command in
${own.join('\n')}
  esac
}
complete -o bashdefault -F _stile stile`;
}

const offering = (held: readonly string[] | LookedUp): string =>
  typeof held === 'string' ? `_stile_look ${lookUps[held]}` : `_stile_offer ${held.join(' ')}`;
