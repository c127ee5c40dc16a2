import { CommanderError, type Command } from 'commander'
import { closest } from '../schemas/closest.js'
import { SetupError } from '../domain/setup-error.js'
import { createProgram } from './commands.js'

/** Runs the command line and sets the exit status. A mistake of the user's is one line on standard error. */
export async function run(argv: string[]) {
  dropEmptyVariables()
  const program = createProgram()
  let called = program
  for (const command of withSubcommands(program)) {
    command.configureOutput({ outputError: () => undefined }).exitOverride((error) => {
      called = command
      throw error
    })
  }

  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = 1
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) process.exitCode = 0
      else fail(explainUsage(error, called, argv.slice(2)))
    } else if (error instanceof SetupError) {
      fail(error.message)
    } else {
      throw error
    }
  }
}

function fail(message: string) {
  process.stderr.write(`opal-sandbox: ${message}\n`)
}

/** `OPAL_SANDBOX_PORT=` in a compose file means that nothing was chosen. */
function dropEmptyVariables() {
  for (const [name, value] of Object.entries(process.env)) {
    if (/^OPAL_(SANDBOX_|AUTH_TOKEN$)/.test(name) && value === '') Reflect.deleteProperty(process.env, name)
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

function explainUsage({ code, message }: CommanderError, called: Command, words: string[]): string {
  const misplaced = findMisplaced(called, words)
  if (misplaced !== undefined) return `the command ${misplaced} has to come before its options.`
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
function findMisplaced(called: Command, words: string[]): string | undefined {
  const names = called.parent?.commands.map((command) => command.name()) ?? []
  const isDefault = called.name() === 'start' && !names.includes(words[0] ?? '')
  return isDefault ? words.find((word) => names.includes(word)) : undefined
}

/** Where a word is too much it was most likely meant to be a command. */
function explainExcess(called: Command): string {
  const [word = ''] = called.args.slice(called.registeredArguments.length)
  const owner = called.name() === 'start' ? (called.parent ?? called) : called
  if (owner.commands.length === 0) return `'${word}' is one word too much. ${helpOf(called)}`
  const names = owner.commands.map((command) => command.name())
  return `unknown command '${word}'${suggest(word, names)} ${helpOf(owner)}`
}

function helpOf(command: Command): string {
  const names = [command, ...ancestorsOf(command)].reverse().map((one) => one.name())
  return `See ${names.join(' ')} --help.`
}

/** The nearest first. */
function ancestorsOf({ parent }: Command): Command[] {
  return parent ? [parent, ...ancestorsOf(parent)] : []
}

function suggest(word: string, known: string[]): string {
  const nearest = closest(word, known)
  return nearest === undefined ? '.' : `; did you mean ${nearest}?`
}
