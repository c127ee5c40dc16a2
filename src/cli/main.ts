import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { closest } from '../schemas/closest.js'
import { SetupError } from '../domain/setup-error.js'
import { ancestorsOf, createProgram } from './commands.js'
import type { Context, Streams } from './context.js'
import { say } from './print.js'

/**
 * Runs the command line and returns the exit status; a sandbox that was started runs on. A usage error is
 * one line on standard error.
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
    rejectBlanks(command)
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

/** Returns undefined for a bug. */
function explain(error: unknown, called: CommandUnknownOpts, argv: string[]): string | undefined {
  if (error instanceof CommanderError) return explainUsage(error, called, argv)
  return error instanceof SetupError ? error.message : undefined
}

function withSubcommands(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

/** A blank value is a variable that a script forgot to set, and an empty host would listen on every address. */
function rejectBlanks(command: CommandUnknownOpts) {
  for (const option of command.options) {
    command.on(`option:${option.name()}`, (value: string | null | undefined) => {
      if (value?.trim() === '') command.error(`option '${option.flags}' expects a value, but got a blank one.`)
    })
  }
  command.hook('preAction', (_, { args, processedArgs, registeredArguments: [first] }) => {
    // The arguments of a command to run are its own.
    const own = first?.variadic ? args.slice(0, 1) : args.slice(0, processedArgs.length)
    if (own.some((word) => word.trim() === '')) command.error('an argument is blank.')
  })
}

/** Options whose value must not end up in a log. */
const secretValue =
  /^((?:error: )?option '--(?:token|secrets)\b[^']*') (?:argument|value) '[^]*?'( from env '\w+')? is invalid/

function explainUsage({ code, message: text }: CommanderError, called: CommandUnknownOpts, words: string[]): string {
  const message = text.replace(secretValue, '$1$2 is invalid').replaceAll(/\/\/[^\s/]*@/g, '//')
  const misplaced = findMisplaced(called, words)
  if (misplaced !== undefined) return `the command ${misplaced} must come before its options.`
  if (code === 'commander.help') {
    const word = words[words.indexOf('help') + 1] ?? ''
    const names = called.commands.map((command) => command.name())
    return `unknown command${/^[a-z-]{1,20}$/.test(word) ? ` '${word}'` : ''}${suggest(word, names)} ${helpOf(called)}`
  }
  if (code === 'commander.excessArguments') return explainExcess(called)
  if (code === 'commander.unknownOption') {
    // Without the value, which may be a secret: --tokn=...
    const [flag = ''] = (/'(.*?)'/s.exec(message)?.[1] ?? '').split('=')
    const known = [called, ...ancestorsOf(called)].flatMap(({ options }) => options.map(({ long }) => long ?? ''))
    const nearest = suggest(flag, [...known, '--help'])
    const hint = called.name() === 'exec' ? 'Options of the command to run come after --. ' : ''
    return `unknown option '${flag}'${nearest} ${hint}${helpOf(called)}`
  }
  const sentence = message
    .replace(/^error: /, '')
    .replace(/^command-argument (value .*) is invalid for argument ('[^']*')/s, 'argument $2 $1 is invalid')
    .replaceAll(/\s*\n\s*/g, ' ')
  return code === 'commander.missingArgument' ? `${sentence}. ${helpOf(called)}` : sentence
}

/** If the first word is not a command, everything is parsed as options of `start`. */
function findMisplaced(called: CommandUnknownOpts, words: string[]): string | undefined {
  const names = called.parent?.commands.map((command) => command.name()) ?? []
  const isDefault = called.name() === 'start' && !names.includes(words[0] ?? '')
  return isDefault ? words.find((word) => names.includes(word)) : undefined
}

/** An unexpected word was most likely meant to be a command. */
function explainExcess(called: CommandUnknownOpts): string {
  const [word = ''] = called.args.slice(called.registeredArguments.length)
  const owner = called.name() === 'start' ? (called.parent ?? called) : called
  // Anything but a plain word may be a secret, such as the second one after --secrets.
  if (!/^[a-z-]{1,20}$/.test(word)) return `unexpected argument. ${helpOf(called)}`
  if (owner.commands.length === 0) return `unexpected argument '${word}'. ${helpOf(called)}`
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
