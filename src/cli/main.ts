import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { closest } from '../schemas/closest.js'
import { SetupError } from '../domain/setup-error.js'
import { ancestorsOf, createProgram } from './commands.js'
import type { Context, Streams } from './context.js'
import { say } from './print.js'

/**
 * Runs the command line and returns the exit status; a sandbox that was started runs on. A mistake of the user's is one
 * line on standard error.
 */
export async function run(argv: string[], { stdin, stdout, stderr }: Streams, env: NodeJS.ProcessEnv): Promise<number> {
  const context: Context = { stdin, stdout, stderr, env: { ...env }, exitCode: 0 }
  const program = createProgram(context)
  let called: CommandUnknownOpts = program
  for (const command of withSubcommands(program)) {
    command.exitOverride((error) => {
      called = command
      throw error
    })
  }

  try {
    await program.parseAsync(argv, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const message = explain(error, called, argv)
    if (message === undefined) throw error
    say(context, `opal-sandbox: ${message}`)
    return 1
  }
}

/** Undefined for a mistake of ours. */
function explain(error: unknown, called: CommandUnknownOpts, argv: string[]): string | undefined {
  if (error instanceof CommanderError) return explainUsage(error, called, argv)
  return error instanceof SetupError ? error.message : undefined
}

function withSubcommands(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

function explainUsage({ code, message }: CommanderError, called: CommandUnknownOpts, words: string[]): string {
  const misplaced = findMisplaced(called, words)
  if (misplaced !== undefined) return `the command ${misplaced} has to come before its options.`
  if (code === 'commander.help') {
    const word = words[words.indexOf('help') + 1] ?? ''
    const names = called.commands.map((command) => command.name())
    return `unknown command${/^[a-z-]{1,20}$/.test(word) ? ` '${word}'` : ''}${suggest(word, names)} ${helpOf(called)}`
  }
  if (code === 'commander.excessArguments') return explainExcess(called)
  if (code === 'commander.unknownOption') {
    const flag = /'(.*?)'/.exec(message)?.[1] ?? ''
    const known = [called, ...ancestorsOf(called)].flatMap(({ options }) => options.map(({ long }) => long ?? ''))
    const nearest = suggest(flag.split('=')[0] ?? flag, [...known, '--help'])
    const hint = called.name() === 'exec' ? 'Options of the command to run come after --. ' : ''
    return `unknown option '${flag}'${nearest} ${hint}${helpOf(called)}`
  }
  const text = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')
  return code === 'commander.missingArgument' ? `${text}. ${helpOf(called)}` : text
}

/** Without a command's name in the first place, all that comes is taken for options of `start`. */
function findMisplaced(called: CommandUnknownOpts, words: string[]): string | undefined {
  const names = called.parent?.commands.map((command) => command.name()) ?? []
  const isDefault = called.name() === 'start' && !names.includes(words[0] ?? '')
  return isDefault ? words.find((word) => names.includes(word)) : undefined
}

/** Where a word is too much it was most likely meant to be a command. */
function explainExcess(called: CommandUnknownOpts): string {
  const [word = ''] = called.args.slice(called.registeredArguments.length)
  const owner = called.name() === 'start' ? (called.parent ?? called) : called
  if (owner.commands.length === 0) return `'${word}' is one word too much. ${helpOf(called)}`
  const names = owner.commands.map((command) => command.name())
  return `unknown command '${word}'${suggest(word, names)} ${helpOf(owner)}`
}

function helpOf(command: CommandUnknownOpts): string {
  const names = [command, ...ancestorsOf(command)].reverse().map((one) => one.name())
  return `See ${names.join(' ')} --help.`
}

function suggest(word: string, known: string[]): string {
  const nearest = closest(word, known)
  return nearest === undefined ? '.' : `; did you mean ${nearest}?`
}
