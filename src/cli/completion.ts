import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { operations } from '../domain/operations.js'
import type { Context } from './context.js'
import { print } from './print.js'

/** What each shell runs when it loads the completion. It asks this command for the words that can come next. */
const scripts = {
  bash: `_opal_sandbox() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" completion bash -- "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null))
}
complete -o default -F _opal_sandbox opal-sandbox
`,
  zsh: `_opal_sandbox() {
  local -a found
  found=("\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _opal_sandbox opal-sandbox
`,
  fish: `function __opal_sandbox
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l found ($words[1] completion fish -- $words "$current" 2>/dev/null)
  if test -n "$found"
    printf '%s\\n' $found
  else
    __fish_complete_path "$current"
  end
end
complete -c opal-sandbox -f -a '(__opal_sandbox)'
`,
}

/** Prints the script for a shell or, if it gives the words so far, those that can replace the last of them. */
export function completion(
  context: Context,
  program: CommandUnknownOpts,
  shell: keyof typeof scripts,
  words: string[],
) {
  const text = words.length === 0 ? scripts[shell] : complete(program, words.slice(1)).join('\n')
  print(context, text)
}

/** Returns nothing if a file may come next, or if nothing is known of what does. */
function complete(program: CommandUnknownOpts, words: string[]): string[] {
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ''
  // What follows belongs to the command that exec runs.
  if (before.includes('--')) return []
  const path = [program]
  for (const word of before) path.unshift(...(path[0]?.commands.filter((command) => command.name() === word) ?? []))
  const [called = program] = path
  // Without a command, the options are those of start.
  const start = called === program ? program.commands.filter((command) => command.name() === 'start') : []
  const options = [...path, ...start].flatMap((command) => command.options)
  const last = options.find(({ short, long }) => [short, long].includes(before.at(-1)))
  const values = last && valuesOf(last)
  if (last?.required || values?.includes(current)) return matching(values ?? [], current)
  if (current.startsWith('-')) return matching([...options.map(({ long }) => long ?? ''), '--help'], current)
  const [argument] = called.registeredArguments
  const choices = argument?.argChoices ?? alternatives(argument?.name() ?? '')
  return matching([...(values ?? []), ...called.commands.map((command) => command.name()), ...choices], current)
}

function valuesOf({ argChoices, flags, long }: Option): readonly string[] {
  if (long === '--operation') return operations.map(({ id }) => id)
  return argChoices ?? alternatives(/[<[](.*)[>\]]/.exec(flags)?.[1] ?? '')
}

/** `on` and `off` of `on|off`; only `forever` of `number|forever`. */
function alternatives(name: string): string[] {
  return name.includes('|') ? name.split('|').filter((word) => word !== 'number') : []
}

function matching(words: readonly string[], current: string): string[] {
  return Array.from(new Set(words)).filter((word) => word.startsWith(current))
}
