import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SetupError } from '../domain/setup-error.js'
import { dateNow } from '../globals.js'
import { readPackage } from '../package.js'
import defaultText from '../seed/default.yaml?raw'
import { explainSystemError, readSeedFile } from '../seed/file.js'
import { loadSeed } from '../seed/load.js'
import { SeedError } from '../seed/seed-error.js'
import { parseYaml } from '../seed/yaml.js'
import { createDoor, type Pace } from '../verify/call.js'
import { readLedger } from '../verify/ledger.js'
import { createReport, writeJunit, writeMarkdown, type VerifyReport } from '../verify/report.js'
import { clean, exitCodeOf, notAsked, probes, readCalls, verify } from '../verify/run.js'
import { createShapeJudge } from '../verify/shapes.js'
import type { Context } from './context.js'
import { paint, print, printJson, say, table } from './print.js'
import { callDirectly } from './proxy.js'

interface VerifyOptions {
  target?: string
  level: 'read' | 'scratch'
  scratchUser?: string
  appId?: string
  yes?: true
  list?: true
  clean?: string
  ledger?: string
  seed?: string
  document?: string
  report?: string[]
  har?: string
  settings?: string
  json?: true
}

const pace: Pace = { now: dateNow, wait, perSecond: 5, timeoutMs: 30_000 }

/** Asks an API what it does where Opal's documentation is silent, and compares that with the sandbox. */
export async function runVerify(context: Context, options: VerifyOptions) {
  if (options.list) {
    listProbes(context)
    return
  }
  if (options.clean !== undefined) {
    await cleanUp(context, options, options.clean)
    return
  }
  const { level, report: reportFiles = [], har: harFile, settings: settingsFile } = options
  for (const file of reportFiles) writerOf(file)
  const target = checkTarget(context, options)
  const { version, openapiFile } = readPackage()
  const settings = options.seed === undefined ? undefined : await readExpected(options.seed)
  const judges = [
    createShapeJudge('openapi.yaml', await readDocument(openapiFile), settings),
    ...(options.document === undefined
      ? []
      : [createShapeJudge(options.document, await readDocument(options.document))]),
  ]
  const outcome = await verify({
    target,
    token: readToken(context),
    userAgent: `opal-sandbox-verify/${version}`,
    level,
    scratch: readScratch(options),
    ...(settings && { settings }),
    judges,
    pace,
  })
  const { report, har } = createReport(outcome, version, new Date(dateNow()).toISOString())
  if (options.json) printJson(context, report)
  else printReport(context, report)
  for (const file of reportFiles) write(context, file, writerOf(file)(report))
  if (harFile !== undefined) write(context, harFile, `${JSON.stringify(har, null, 2)}\n`)
  if (settingsFile !== undefined) await writeSettings(context, settingsFile, report)
  context.exitCode = exitCodeOf(outcome)
}

/** Deletes what the ledger of an interrupted run names. */
async function cleanUp(context: Context, options: VerifyOptions, file: string) {
  const ledger = readLedger(file)
  const target = checkTarget(context, { target: ledger.target, ...options })
  if (target !== ledger.target) throw new SetupError(`${file} is the ledger of a run against ${ledger.target}.`)
  const userAgent = `opal-sandbox-verify/${readPackage().version}`
  const door = createDoor({ target, token: readToken(context), userAgent, maxCalls: 0, pace })
  door.allowWrites(ledger, [])
  door.startCleaning()
  const left = await clean(door.call, ledger)
  if (left !== undefined) throw new SetupError(left)
  ledger.close()
  say(context, `Nothing of this run is left. Deleted ${file}.`)
}

function listProbes(context: Context) {
  const rows = probes.map(({ name, level, calls, setting = '', readings, asks }) => [
    ...[name, level, String(calls), setting, [...new Set(Object.values(readings).flat())].join(' '), asks],
  ])
  const left = Object.entries(notAsked).map(([setting, why]) => `  ${setting}: ${why}`)
  const lines = [
    ...table(context, ['probe', 'level', 'calls', 'setting', 'behaviors', 'asks'], rows),
    '',
    `The level read makes at most ${readCalls} calls, those that look around included.`,
    'No probe asks about these settings:',
    ...left,
  ]
  print(context, lines.join('\n'))
}

/** Calls to another machine have to be confirmed, as it may be a real organization. */
function checkTarget(context: Context, { target, level, yes }: VerifyOptions): string {
  if (target === undefined) throw new SetupError('verify needs --target, the address of the API to ask.')
  const { hostname } = new URL(target)
  callDirectly(target, process.env)
  if (/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)) return target
  say(context, `The target is ${target}, which is not this machine.`)
  if (!yes)
    throw new SetupError(`Add --yes to call ${target} (${level === 'read' ? 'it is only read' : 'level scratch'}).`)
  return target
}

function readToken({ env }: Context): string {
  const token = env.OPAL_AUTH_TOKEN ?? ''
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new SetupError('verify needs the token of the API in the variable OPAL_AUTH_TOKEN.')
  }
  return token
}

function readScratch({ level, scratchUser, appId, yes, ledger = 'opal-sandbox-verify.json' }: VerifyOptions) {
  if (level === 'read') return undefined
  if (scratchUser === undefined || appId === undefined || !yes) {
    throw new SetupError('The level scratch creates and deletes a group: it needs --scratch-user, --app-id and --yes.')
  }
  return { email: scratchUser, app_id: appId, ledgerFile: ledger }
}

async function readExpected(file: string) {
  const seedFile = await readSeedFile(file)
  try {
    return loadSeed(seedFile.document).settings
  } catch (error) {
    throw error instanceof SeedError ? await seedFile.explain(error) : error
  }
}

async function readDocument(file: string): Promise<unknown> {
  try {
    const text = readFileSync(file, 'utf8')
    return text.trimStart().startsWith('{') ? (JSON.parse(text) as unknown) : (await parseYaml(text)).value
  } catch (error) {
    throw new SetupError(`Cannot read the OpenAPI document ${file}: ${explainSystemError(error)}.`)
  }
}

const writers: Record<string, (report: VerifyReport) => string> = {
  '.json': (report) => `${JSON.stringify(report, null, 2)}\n`,
  '.md': writeMarkdown,
  '.xml': writeJunit,
}

function writerOf(file: string): (report: VerifyReport) => string {
  const writer = writers[extname(file)]
  if (!writer) throw new SetupError(`The name of a report ends in .json, .md or .xml, but got ${file}.`)
  return writer
}

function printReport(context: Context, report: VerifyReport) {
  const { target, level, calls, result, readings, shapes, values, troubles } = report
  const colors = { agrees: 'green', differs: 'red', instrument: 'yellow', 'not asked': 'dim' } as const
  const rows = readings.map(({ probe, verdict, reading = '-', expected, saw, setting = '' }) => [
    ...[probe, verdict, reading, verdict === 'differs' ? expected : '', setting, saw],
  ])
  const lines = table(context, ['probe', 'verdict', 'reading', 'expected', 'setting', 'came'], rows).map(
    (line, index) => {
      const verdict = readings[index - 1]?.verdict
      return verdict === undefined ? line : paint(context, colors[verdict], line)
    },
  )
  const compared = [['shapes', shapes] as const, ['values', values] as const].flatMap(([name, rows]) => [
    '',
    `${name}: ${rows.reduce((sum, { compared }) => sum + compared, 0)} compared, ${rows.filter(({ problems }) => problems.length > 0).length} differ`,
    ...rows.flatMap(({ what, problems }) => problems.map((problem) => `  ${what}: ${problem}`)),
  ])
  print(context, [...lines, ...compared, '', `${target}, level ${level}, ${calls} calls: ${result}`].join('\n'))
  for (const trouble of troubles) say(context, trouble)
}

/** Adds the settings that were found to a seed; a new one is a copy of the built-in seed. */
async function writeSettings(context: Context, file: string, { settings, date }: VerifyReport) {
  const isNew = !existsSync(file)
  const text = isNew ? defaultText.slice(defaultText.indexOf('version:')) : readFileSync(file, 'utf8')
  const { document } = await parseYaml(text)
  for (const [name, value] of Object.entries(settings)) document.setIn(['settings', name], value)
  if (isNew) document.commentBefore = ` The built-in seed, with the settings that were found on ${date.slice(0, 10)}.`
  write(context, file, document.toString({ lineWidth: 120 }))
}

function write(context: Context, file: string, text: string) {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new SetupError(`Cannot write ${file}: ${explainSystemError(error)}.`)
  }
  say(context, `Wrote ${file}.`)
}
