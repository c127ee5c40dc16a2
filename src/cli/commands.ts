import {
  Argument,
  Command,
  Help,
  InvalidArgumentError,
  Option,
  type CommandUnknownOpts,
} from '@commander-js/extra-typings'
import { formatTimestamp } from '../domain/clock.js'
import { SetupError } from '../domain/setup-error.js'
import { readPackage } from '../package.js'
import type { Context } from './context.js'
import {
  forceOption,
  jsonOption,
  logLevelOption,
  nowOption,
  readCount,
  readDurationText,
  readHeader,
  readHosts,
  readLimit,
  readOperation,
  parseMoment,
  readPort,
  readReport,
  readRequirements,
  readSize,
  readStatus,
  readSwitch,
  readTimes,
  readValue,
  secretsOption,
  seedOption,
  startOption,
  tokenOption,
  urlOption,
  VariableOption,
} from './options.js'

/** All commands, with their options and examples. The code behind a command is loaded when it is called. */
export function createProgram(context: Context) {
  const { env, stdout } = context
  const program = new Command('opal-sandbox')
    .description("A stateful local sandbox of Opal's group access API.")
    .version(readPackage().version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--no-color', 'print no colors')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ showGlobalOptions: true, optionDescription: describeOption })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => (stdout.isTTY ? stdout.columns : undefined) ?? 80,
    })
    .hook('preAction', (_, called) => {
      for (const command of [called, ...ancestorsOf(called)]) readVariables(command, env)
      if (program.opts().color) return
      env.NO_COLOR = '1'
      delete env.FORCE_COLOR
    })
  addStart(program, context)
  addExec(program, context)
  addWait(program, context)
  addReset(program, context)
  addInit(program, context)
  addSeed(program, context)
  addSnapshot(program, context)
  addLists(program, context)
  addClock(program, context)
  addFault(program, context)
  addRequests(program, context)
  addChanges(program, context)
  addUndo(program, context)
  addCoverage(program, context)
  addCompletion(program, context)
  return program
}

/** The nearest first. */
export function ancestorsOf({ parent }: CommandUnknownOpts): CommandUnknownOpts[] {
  return parent ? [parent, ...ancestorsOf(parent)] : []
}

/** Sets options that were not given from their variables. An empty variable, as in a compose file, counts as not set. */
function readVariables(command: CommandUnknownOpts, env: NodeJS.ProcessEnv) {
  for (const option of command.options) {
    if (!(option instanceof VariableOption)) continue
    const text = env[option.variable] ?? ''
    const name = option.attributeName()
    if (text === '' || command.getOptionValueSource(name) === 'cli') continue
    command.setOptionValueWithSource(name, readVariable(command, option, text), 'env')
  }
}

function readVariable(command: CommandUnknownOpts, option: Option & { variable: string }, text: string): unknown {
  if (text.trim() === '') command.error(`env '${option.variable}' is blank: expected a value for '${option.flags}'.`)
  try {
    return option.parseArg ? option.parseArg<unknown>(text, undefined) : text
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    const place = `option '${option.flags}' value '${text}' from env '${option.variable}'`
    return command.error(`${place} is invalid. ${error.message}`, { code: error.code })
  }
}

/** commander's own description, with the variable as if commander knew it, and without what a flag alone stands for. */
function describeOption(option: Option): string {
  const variable = option instanceof VariableOption ? { envVar: { value: option.variable } } : {}
  const known = { ...variable, presetArg: { value: undefined } }
  return new Help().optionDescription(Object.create(option, known) as Option)
}

type Program = Command<[], { color: boolean }>

function addStart(program: Program, context: Context) {
  program
    .command('start', { isDefault: true })
    .description('start a sandbox (the default command)')
    .addOption(startOption('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(
      startOption('-p, --port <number>', 'port to listen on, 0 for any free one').default(6725).argParser(readPort),
    )
    .addOption(startOption('--db <file>', 'database file, or ":memory:"').default('.opal-sandbox/sandbox.db'))
    .addOption(
      startOption('--fresh [on|off]', 'start over from the seed')
        .default(false, 'off')
        .preset('on')
        .argParser(readSwitch),
    )
    .addOption(
      startOption(
        '--durability <normal|full>',
        'full: sync every write to the disk, so that a power failure loses none',
      )
        .default('normal')
        .choices(['normal', 'full']),
    )
    .addOption(seedOption())
    .addOption(secretsOption())
    .addOption(nowOption())
    .addOption(logLevelOption('info'))
    .addOption(
      startOption('--quiet [on|off]', 'print only errors: no banner, and no log lines below the level error')
        .default(false, 'off')
        .preset('on')
        .argParser(readSwitch),
    )
    .addOption(
      startOption('--organizations <on|off>', 'whether a token org-<name> opens an organization')
        .default(true, 'on')
        .argParser(readSwitch),
    )
    .addOption(
      startOption('--max-organizations <number>', 'keep at most this many; the least recently used is evicted')
        .default(1_000)
        .argParser(readCount),
    )
    .addOption(
      startOption('--journal-entries <number>', 'keep at most this many calls in each journal; 0 for none')
        .default(1_000)
        .argParser(readSize),
    )
    .addOption(
      startOption('--journal-mib <number>', 'size limit of each journal in MiB, an eighth of the limit for all of them')
        .default(8)
        .argParser(readCount),
    )
    .addOption(
      startOption('--allowed-hosts <names>', 'more host names by which the control plane can be called')
        .default([], 'none')
        .argParser(readHosts),
    )
    .addOption(
      startOption('--cors [on|off]', 'let web pages of all sites call /v1')
        .default(false, 'off')
        .preset('on')
        .argParser(readSwitch),
    )
    .addOption(
      startOption('--ui <on|off>', 'whether browsers get a page at /').default(true, 'on').argParser(readSwitch),
    )
    .addOption(new Option('--no-ui').hideHelp())
    .addHelpText(
      'after',
      `
Standard output has one line of JSON once the sandbox is ready. All else goes to standard error: a banner, then one
line for each call. On a terminal they are for people; anywhere else every line is JSON, the banner too. --log-level
chooses the log lines. The banner is left out only with --quiet or with --log-level silent.
${examples('', '--port 0 --db :memory: --log-level warn', '--now 2022-01-23T03:56:07.000Z --fresh')}`,
    )
    .action(async (_, command) => (await import('./start.js')).start(context, command.optsWithGlobals()))
}

function addExec(program: Program, context: Context) {
  program
    .command('exec')
    .description('run a command with its own sandbox, and report what was never tested')
    .usage('[options] -- <command> [arguments]')
    .argument('<command...>')
    .addOption(seedOption())
    .addOption(secretsOption())
    .addOption(nowOption())
    .addOption(logLevelOption('warn'))
    .option(
      '--require <operation:statuses>',
      'exit with 2 unless each of these was returned; repeatable',
      readRequirements,
    )
    .option('--forbid <rule>', 'exit with 2 if a call changed what the rule forbids; repeatable', readLimit)
    .option('--report <file>', 'write calls, changes and coverage: .md, or .xml for JUnit; repeatable', readReport)
    .option('--quiet', 'print only errors: no report of what was never tested, and no log lines below the level error')
    .addHelpText(
      'after',
      `
The sandbox is in memory, on a free port. The command finds it in OPAL_BASE_URL (with /v1) and OPAL_SANDBOX_URL
(without), and the token in OPAL_AUTH_TOKEN and OPALMCP_BEARER_AUTH.

If GITHUB_STEP_SUMMARY names a file, as in GitHub's workflows, the report in Markdown is appended to it, unless --quiet.

Exits with the command's own status; 128 plus the signal's number if a signal ended it; 127 if there is no such
command, 126 if it cannot be run; 2 if it succeeded, but something required was not met or something forbidden was done.

The rules of --forbid; the seed can have them too, as the list "forbid":
  indefinite-access          access that never ends
  longer-than=8h             access for longer
  level=<remote id>          access at this level
  outside-groups=<group>,... any change of other groups than these; aliases of the seed, or ids
  more-than=<n>-grants       more than n grants
${examples(
  'exec -- npm test',
  'exec --seed seed.yaml --now 2026-01-01T00:00:00Z -- pytest',
  'exec --require update_group_user:404,429 -- go test ./...',
  'exec --report run.md --report run.xml -- npm test',
  'exec --forbid indefinite-access --forbid longer-than=8h -- python script.py',
)}`,
    )
    .action(async (words, _, command) => (await import('./exec.js')).exec(context, command.optsWithGlobals(), words))
}

function addWait(program: Program, context: Context) {
  program
    .command('wait')
    .description('wait until a sandbox is ready, and print its URL')
    .addOption(urlOption())
    .option('--timeout <duration>', 'how long to wait', readDurationText, '30s')
    .addHelpText('after', examples('wait', 'wait --url http://127.0.0.1:8080 --timeout 2m'))
    .action(async (_, command) => (await import('./wait.js')).wait(context, command.optsWithGlobals()))
}

function addReset(program: Program, context: Context) {
  program
    .command('reset')
    .description('reset an organization to its seed')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('reset', 'reset --token org-demo'))
    .action(async (_, command) => (await import('./reset.js')).reset(context, command.optsWithGlobals()))
}

function addInit(program: Program, context: Context) {
  program
    .command('init')
    .description('the same as seed init')
    .argument('[file]', 'the file to write', 'seed.yaml')
    .addOption(forceOption())
    .addHelpText('after', examples('init seed.yaml --force'))
    .action(async (file, _, command) => (await import('./seed.js')).initSeed(context, command.optsWithGlobals(), file))
}

function addSnapshot(program: Program, context: Context) {
  const snapshot = addGroup(program, 'snapshot', 'save and restore the state of an organization')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
  snapshot
    .command('save')
    .description('save the current state')
    .argument('<name>', 'the name of the snapshot')
    .addHelpText('after', examples('snapshot save before'))
    .action(async (name, _, command) =>
      (await import('./snapshot.js')).saveSnapshot(context, command.optsWithGlobals(), name),
    )
  snapshot
    .command('restore')
    .description('return to a saved state')
    .argument('<name>', 'the name of the snapshot')
    .addHelpText('after', examples('snapshot restore before'))
    .action(async (name, _, command) =>
      (await import('./snapshot.js')).restoreSnapshot(context, command.optsWithGlobals(), name),
    )
  snapshot
    .command('list')
    .description('print the snapshots')
    .addHelpText('after', examples('snapshot list'))
    .action(async (_, command) => (await import('./snapshot.js')).listSnapshots(context, command.optsWithGlobals()))
  snapshot
    .command('delete')
    .description('delete a snapshot')
    .argument('<name>', 'the name of the snapshot')
    .addHelpText('after', examples('snapshot delete before'))
    .action(async (name, _, command) =>
      (await import('./snapshot.js')).deleteSnapshot(context, command.optsWithGlobals(), name),
    )
}

function addLists(program: Program, context: Context) {
  const addList = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(urlOption())
      .addOption(tokenOption())
      .addOption(jsonOption())
      .addHelpText('after', examples(name, `${name} --json`))
  addList('groups', 'print the groups').action(async (_, command) =>
    (await import('./list.js')).listGroups(context, command.optsWithGlobals()),
  )
  addList('users', 'print the users').action(async (_, command) =>
    (await import('./list.js')).listUsers(context, command.optsWithGlobals()),
  )
  addList('organizations', 'print the organizations, the most recently used first').action(async (_, command) =>
    (await import('./list.js')).listOrganizations(context, command.optsWithGlobals()),
  )
  addList('access', 'print who has access to which group').action(async (_, command) =>
    (await import('./list.js')).listAccess(context, command.optsWithGlobals()),
  )
}

function addSeed(program: Program, context: Context) {
  const seed = addGroup(program, 'seed', 'write, check and export seeds')
  seed
    .command('init')
    .description('write a copy of the built-in seed as a starting point')
    .argument('[file]', 'the file to write, JSON if its name ends in .json', 'seed.yaml')
    .addOption(forceOption())
    .addHelpText('after', examples('seed init', 'seed init seed.yaml --force'))
    .action(async (file, _, command) => (await import('./seed.js')).initSeed(context, command.optsWithGlobals(), file))
  seed
    .command('validate')
    .description('report everything that is wrong with a seed; needs no server')
    .argument('<file>', 'YAML or JSON')
    .addHelpText('after', examples('seed validate seed.yaml'))
    .action(async (file) => (await import('./seed.js')).validateSeed(context, file))
  seed
    .command('apply')
    .description('replace the state of an organization with a seed')
    .argument('<file>', 'YAML or JSON')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('seed apply seed.yaml'))
    .action(async (file, _, command) =>
      (await import('./seed.js')).replaceWithSeed(context, command.optsWithGlobals(), file),
    )
  seed
    .command('export')
    .description('print the current state of an organization as a seed')
    .argument('[file]', 'the file to write, JSON if its name ends in .json (default: standard output)')
    .addOption(urlOption())
    .addOption(tokenOption())
    .option('--json', 'JSON instead of YAML')
    .addOption(forceOption())
    .addHelpText('after', examples('seed export', 'seed export state.yaml --token org-demo'))
    .action(async (file, _, command) => (await import('./seed.js')).saveSeed(context, command.optsWithGlobals(), file))
}

function addClock(program: Program, context: Context) {
  const clock = addGroup(program, 'clock', "show and set an organization's clock")
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
  clock
    .command('show')
    .description('print the time, and whether the clock is real, offset or frozen')
    .addHelpText('after', examples('clock show'))
    .action(async (_, command) => (await import('./clock.js')).printClock(context, command.optsWithGlobals()))
  clock
    .command('advance')
    .description('advance the clock; prints expired access and settled propagation')
    .argument('<duration>', 'by how much', readDurationText)
    .addHelpText('after', examples('clock advance 61m', 'clock advance 2d --token org-demo'))
    .action(async (advance, _, command) =>
      (await import('./clock.js')).turnClock(context, command.optsWithGlobals(), { advance }),
    )
  clock
    .command('set')
    .description('set the clock to a date-time, which may be earlier')
    .argument('<date-time>', 'the time to set', parseMoment)
    .addHelpText('after', examples('clock set 2026-01-01T00:00:00Z'))
    .action(async (moment, _, command) =>
      (await import('./clock.js')).turnClock(context, command.optsWithGlobals(), { set: formatTimestamp(moment) }),
    )
  clock
    .command('freeze')
    .description('freeze the clock, or let it run again')
    .addArgument(new Argument('[on|off]', 'off lets it run again').default(true, 'on').argParser(readSwitch))
    .addHelpText('after', examples('clock freeze', 'clock freeze off'))
    .action(async (freeze, _, command) =>
      (await import('./clock.js')).turnClock(context, command.optsWithGlobals(), { freeze }),
    )
  clock
    .command('reset')
    .description('reset the clock to how the seed starts it')
    .addHelpText('after', examples('clock reset'))
    .action(async (_, command) =>
      (await import('./clock.js')).turnClock(context, command.optsWithGlobals(), { reset: true }),
    )
}

function addFault(program: Program, context: Context) {
  const fault = addGroup(program, 'fault', 'make calls fail')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
  fault
    .command('add')
    .description('add a rule; by default it applies once, to the next matching call')
    .argument('[rule]', 'the rule as JSON instead of options; - reads it from standard input')
    .optionsGroup('Which calls:')
    .option('--operation <name>', 'calls of this operation', readOperation)
    .option('--method <method>', 'calls with this method')
    .option('--group-id <uuid>', 'calls with this group in their path')
    .option('--user-id <uuid>', 'calls with this user in their path')
    .option('--times <number|forever>', 'how many calls (default: 1)', readTimes)
    .option('--skip <number>', 'how many calls to let pass first', readCount)
    .optionsGroup('What happens, one of:')
    .option('--status <status>', 'respond with this status', readStatus)
    .option('--delay <duration>', 'delay the response', readDurationText)
    .option('--drop', 'close the connection without a response')
    .option('--truncate', 'close the connection in the middle of the response')
    .option('--hang', 'never respond')
    .optionsGroup('And how:')
    .option('--phase <before|after>', 'after: make the change, and affect only the response (default: before)')
    .option('--header <field>', "with --status: 'Name: value'; repeatable", readHeader)
    .option('--body <json>', 'with --status: the whole body', readValue)
    .option('--code <code>', 'with --status: the error code')
    .option('--message <text>', 'with --status: the message of the error')
    .option('--max <duration>', 'with --hang: how long at most', readDurationText)
    .addHelpText(
      'after',
      examples(
        "fault add --operation update_group_user --status 503 --times 2 --header 'Retry-After: 1'",
        'fault add --operation update_group_user --drop --phase after',
        'fault add --delay 2s --times forever',
        `fault add '{"method": "GET", "effect": {"status": 500}}'`,
      ),
    )
    .action(async (rule, _, command) => (await import('./fault.js')).addFault(context, command.optsWithGlobals(), rule))
  fault
    .command('list')
    .description('print the rules, in the order in which they apply')
    .addHelpText('after', examples('fault list', 'fault list --json'))
    .action(async (_, command) => (await import('./fault.js')).listFaults(context, command.optsWithGlobals()))
  fault
    .command('remove')
    .description('delete one rule')
    .argument('<fault_id>', 'the rule to delete')
    .addHelpText('after', examples('fault remove fault-1'))
    .action(async (faultId, _, command) =>
      (await import('./fault.js')).clearFaults(context, command.optsWithGlobals(), faultId),
    )
  fault
    .command('clear')
    .description('delete one rule, or all')
    .argument('[fault_id]', 'the rule to delete')
    .addHelpText('after', examples('fault clear'))
    .action(async (faultId, _, command) =>
      (await import('./fault.js')).clearFaults(context, command.optsWithGlobals(), faultId),
    )
}

function addRequests(program: Program, context: Context) {
  program
    .command('requests')
    .description('print the calls of the API, oldest first')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .option('--operation <name>', 'only calls of this operation', readOperation)
    .option('--status <status>', 'only calls with this status', readStatus)
    .option('--group-id <uuid>', 'only calls with this group in their path')
    .option('--user-id <uuid>', 'only calls with this user in their path')
    .option('--since <request_id>', 'only calls after this one')
    .addOption(
      new Option('--limit <number>', 'only the last calls, at most this many').argParser(readCount).conflicts('wait'),
    )
    .addOption(
      new Option('--wait [number]', 'wait until this many calls match (default: 1)').preset('1').argParser(readCount),
    )
    .option('--timeout <duration>', 'with --wait: how long, 4m at most (default: 5s)', readDurationText)
    .addOption(new Option('--follow', 'print the last 10 calls, then new ones as they come').conflicts('wait'))
    .option('--why', 'also print why each call was answered so, and what it changed')
    .addHelpText(
      'after',
      examples(
        'requests --limit 10 --why',
        'requests --operation update_group_user --status 404 --json',
        'requests --operation update_group_user --wait 2 --timeout 10s',
      ),
    )
    .action(async (_, command) => (await import('./requests.js')).printRequests(context, command.optsWithGlobals()))
}

function addChanges(program: Program, context: Context) {
  program
    .command('changes')
    .description('print what the calls of the API changed, one line for each row')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .option('--since <request_id>', 'only what calls after this one changed')
    .addHelpText('after', examples('changes', 'changes --since req-1a --json'))
    .action(async (_, command) => (await import('./changes.js')).printChanges(context, command.optsWithGlobals()))
}

function addUndo(program: Program, context: Context) {
  program
    .command('undo')
    .description('return to the state before a call, and print what that changes')
    .argument('<request_id>', 'the first call to undo; later ones are undone too')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('undo req-1a', 'undo req-1a --token org-demo'))
    .action(async (to, _, command) => (await import('./changes.js')).undoCalls(context, command.optsWithGlobals(), to))
}

function addCoverage(program: Program, context: Context) {
  program
    .command('coverage')
    .description('print which statuses each operation has returned, as a Markdown table')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('coverage', 'coverage --json --token org-demo'))
    .action(async (_, command) => (await import('./coverage.js')).coverage(context, command.optsWithGlobals()))
}

function addCompletion(program: Program, context: Context) {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .argument('[words...]', 'for the script itself: the words so far, of which the last is to be completed')
    .addHelpText(
      'after',
      `
Load it where your shell starts:
  bash, in ~/.bashrc:                   source <(opal-sandbox completion bash)
  zsh, in ~/.zshrc, after compinit:     source <(opal-sandbox completion zsh)
  fish, in ~/.config/fish/config.fish:  opal-sandbox completion fish | source
${examples('completion bash')}`,
    )
    .action(async (shell, words) => (await import('./completion.js')).completion(context, program, shell, words))
}

/** A command that only groups subcommands. */
function addGroup(program: Command, name: string, description: string): Command {
  const group = program
    .command(name)
    .description(description)
    .helpCommand('help [command]', 'show the help of a command')
  return group.action(() => {
    const names = group.commands.map((command) => command.name())
    throw new SetupError(`${name} needs one of ${names.join(', ')}. See opal-sandbox ${name} --help.`)
  })
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ opal-sandbox ${line}`.trimEnd()).join('\n')}`
}
