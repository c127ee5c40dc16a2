import { Command, CommanderError } from 'commander'
import { closest } from '../closest.js'
import { SetupError } from '../domain/setup-error.js'
import { readPackage } from '../package.js'
import { startCommand } from './start.js'

/** Runs the command line and sets the exit status. A mistake of the user's is one line on standard error. */
export async function run(argv: string[]) {
  dropEmptyVariables()
  const program = new Command('opal-sandbox')
    .description("A stateful local sandbox of Opal's group access API.")
    .version(readPackage().version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
  const start = startCommand().copyInheritedSettings(program)
  program.addCommand(start, { isDefault: true })

  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = 1
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) process.exitCode = 0
      else fail(explainUsage(error, program))
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
    if (name.startsWith('OPAL_SANDBOX_') && value === '') Reflect.deleteProperty(process.env, name)
  }
}

function explainUsage(error: CommanderError, program: Command): string {
  const { commands } = program
  if (error.code === 'commander.excessArguments') {
    const word = commands.flatMap((command) => command.args)[0] ?? ''
    const names = commands.map((command) => command.name())
    if (names.includes(word)) return `the command ${word} has to come before its options.`
    return `unknown command '${word}'${suggest(word, names)} See opal-sandbox --help.`
  }
  if (error.code === 'commander.unknownOption') {
    const flag = /'(.*?)'/.exec(error.message)?.[1] ?? ''
    const flags = commands.flatMap((command) => command.options.map(({ long }) => long ?? ''))
    const nearest = suggest(flag.split('=')[0] ?? flag, [...flags, '--help', '--version'])
    return `unknown option '${flag}'${nearest} See opal-sandbox start --help.`
  }
  return error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')
}

function suggest(word: string, known: string[]): string {
  const nearest = closest(word, known)
  return nearest === undefined ? '.' : `; did you mean ${nearest}?`
}
