/** The completion script for fish. */

import { commands as table } from './commands.js';
import type { CommandWords } from './completion.js';
import { type LookedUp, lookedUp } from './completion-words.js';

const lookUps: Readonly<Record<LookedUp, string>> = {
  [lookedUp.files]: '(__fish_complete_path (commandline -ct))',
  [lookedUp.departments]: '(__stile_departments)',
  [lookedUp.services]: '(__stile_services)',
};

export function fishScript(commands: CommandWords): string {
  const lines = [...commands].flatMap(([name, { verbs, options, operands }]) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    const first = `-n '__fish_seen_subcommand_from ${name}; and test (count (commandline -opc)) -eq 2'`;
    return [
      `complete -c stile -n __fish_use_subcommand -a ${name} -d ${quoted(table[name]?.summary.en ?? '')}`,
      ...(verbs.length === 0 ? [] : [`complete -c stile ${first} -a '${verbs.join(' ')}'`]),
      ...operands.map(kind => `complete -c stile ${within} -a '${lookUps[kind]}'`),
      ...[...options].map(([option, held]) => {
        const values =
          held === undefined ? '' : ` -x -a '${typeof held === 'string' ? lookUps[held] : held.join(' ')}'`;
        return `complete -c stile ${within} -l ${option.slice(2)}${values}`;
      }),
    ];
  });
  return `# Completion of stile, made by: stile completion fish
function __stile_departments
  set -q STILE_CONFIG; and set -l config $STILE_CONFIG; or set -l config config
  for file in $config/departments/*.yaml
    string replace -r '.*/(.*)\\.yaml$' '$1' $file
  end
end
function __stile_services
  set -q STILE_SCHEMAS; and set -l schemas $STILE_SCHEMAS; or set -l schemas schemas
  for folder in $schemas/*/*/v*
    string replace -- "$schemas/" '' $folder
  end
end
complete -c stile -f
${lines.join('\n')}`;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
