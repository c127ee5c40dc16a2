import { existsSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { SetupError } from '../domain/setup-error.js'
import { dateNow } from '../globals.js'
import { readPackage } from '../package.js'
import defaultText from '../seed/default.yaml?raw'
import { explainSystemError, readSeedFile } from '../seed/file.js'
import { builtIn } from '../seed/built-in.js'
import { checkStart, loadSeed } from '../seed/load.js'
import { SeedError } from '../seed/seed-error.js'
import { writeYaml } from '../seed/yaml.js'
import type { Seed } from '../index.js'
import type { Context } from './context.js'
import { describeClock, print, printJson, say } from './print.js'
import { ask, type ServerOptions } from './server.js'

interface WriteOptions {
  force?: true
}

/** Writes a copy of the built-in seed as a starting point. */
export function initSeed(context: Context, options: WriteOptions, file: string) {
  // Editors resolve the schema relative to the file.
  const schema = relative(dirname(resolve(file)), readPackage().seedSchemaFile).replaceAll(sep, '/')
  if (isJson(file)) {
    write(context, file, toJson({ $schema: schema, ...builtIn }), options)
    return
  }
  const heading = [
    `# yaml-language-server: $schema=${schema}`,
    '#',
    '# A copy of the built-in seed. Edit it, then start with it:',
    `#   opal-sandbox --seed ${file}`,
    '',
  ]
  write(context, file, heading.join('\n') + defaultText.slice(defaultText.indexOf('version:')), options)
}

/** Reports everything that is wrong with a seed. */
export async function validateSeed(context: Context, file: string) {
  const seedFile = await readSeedFile(file)
  try {
    const seed = loadSeed(seedFile.document)
    checkStart(seed, dateNow())
    print(context, `${file} is valid: ${summarize(seed.document)}.`)
  } catch (error) {
    throw error instanceof SeedError ? await seedFile.explain(error) : error
  }
}

/** Replaces an organization by a seed. Mistakes are found before the call, with their lines. */
export async function replaceWithSeed(context: Context, options: ServerOptions & { json?: true }, file: string) {
  const seedFile = await readSeedFile(file)
  try {
    checkStart(loadSeed(seedFile.document), dateNow())
  } catch (error) {
    throw error instanceof SeedError ? await seedFile.explain(error) : error
  }
  const filled = await ask(context, options, (client) => client.replaceSeed(seedFile.document as Seed))
  if (options.json) printJson(context, filled)
  else print(context, describeClock(context, filled))
}

/** Writes the current state of an organization as a seed, to standard output or a file. */
export async function saveSeed(
  context: Context,
  options: ServerOptions & WriteOptions & { json?: true },
  file: string | undefined,
) {
  const seed = await ask(context, options, (client) => client.exportSeed())
  const text = options.json || isJson(file) ? toJson(seed) : await writeYaml(seed)
  if (file === undefined) print(context, text)
  else write(context, file, text, options)
}

function isJson(file = ''): boolean {
  return file.endsWith('.json')
}

function toJson(seed: object): string {
  return `${JSON.stringify(seed, null, 2)}\n`
}

function write(context: Context, file: string, text: string, { force }: WriteOptions) {
  if (!force && existsSync(file)) throw new SetupError(`${file} already exists. Add --force to overwrite it.`)
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new SetupError(`Cannot write ${file}: ${explainSystemError(error)}.`)
  }
  say(context, `Wrote ${file}.`)
}

function summarize({ users = {}, groups = {}, group_users = [], tokens, faults = [], magic }: Seed): string {
  return [
    count(Object.keys(users).length, 'user'),
    count(Object.keys(groups).length, 'group'),
    count(group_users.length, 'group user'),
    tokens ? count(Object.keys(tokens).length, 'token') : 'the built-in tokens',
    count(faults.length, 'fault rule'),
    ...(magic ? ['the magic users'] : []),
  ].join(', ')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
