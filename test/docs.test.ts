import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadSeed } from '../src/seed/load.js'
import { run } from './cli/command.js'
import { sandbox, temporaryFolder } from './helper.js'
import { readMarkdown, type Block } from './markdown.js'

// Every example in the project's Markdown files is executed here, file by file and from top to bottom, as a reader would
// who has a sandbox running on port 6725 whose clock stands still at the moment of the README's quick start.

const root = new URL('../', import.meta.url)
const files = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })].sort()
const documents = new Map(files.map((file) => [file, readMarkdown(new URL(file, root))]))

/** The blocks that cannot be run here, and why: a new one has to be added. */
const notRun: Record<string, string[]> = {
  'README.md': [
    'it goes on until it is stopped; the tests start the built command',
    'it would install all that is installed here',
    'it needs pytest',
    ...Array<string>(5).fill('this client is not published where the tests could install it'),
    'its port and process are different at every run',
    'it needs Docker',
  ],
  'docs/library.md': ['it needs Jest', 'it needs Playwright'],
  'docs/ci.md': ['it goes on until it is stopped', 'it needs Docker'],
}

/** What a document's examples share. */
interface Reader {
  port: number
  /** Where its commands run, and its files stand. */
  folder: string
  /** What the last call or command answered, as text. */
  answer: Answer | undefined
}

interface Answer {
  call: string
  isFailed: boolean
  text: string
}

describe.each(files)('%s', (file) => {
  const { blocks, links } = documents.get(file)!

  test('the examples give the results that they show', async () => {
    const { listen } = await sandbox()
    const port = await listen({ host: '127.0.0.1', port: 0 })
    const reader: Reader = { port, folder: temporaryFolder(), answer: undefined }
    for (const block of blocks.filter(({ notRun }) => notRun === undefined)) {
      try {
        await runBlock(block, reader)
      } catch (error) {
        throw new Error(`${file}:${block.line}: ${(error as Error).message}`, { cause: error })
      }
    }
    expectDone(reader)
  })

  test('the examples that no test runs are listed here', () => {
    expect(blocks.flatMap(({ notRun }) => notRun ?? [])).toEqual(notRun[file] ?? [])
  })

  test('every link has a target', () => {
    const broken = links.filter(({ target }) => !leadsSomewhere(file, target))
    expect(broken).toEqual([])
  })
})

test('the TypeScript examples are accepted by a strict compiler', () => {
  const folder = temporaryFolder()
  const names = [...documents].flatMap(([file, { blocks }]) =>
    blocks
      .filter(({ language, notRun }) => language === 'ts' && notRun === undefined)
      .map(({ code, line }) => {
        const name = join(folder, `${file.replaceAll('/', '-')}-${line}.mts`)
        writeFileSync(name, code)
        return name
      }),
  )
  const { config } = ts.readConfigFile(fileURLToPath(new URL('tsconfig.json', root)), (file) =>
    readFileSync(file, 'utf8'),
  ) as { config: object }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, fileURLToPath(root))
  const program = ts.createProgram([...names, fileURLToPath(new URL('src/seed/yaml-modules.d.ts', root))], {
    ...options,
    // Whoever wrote them has installed the package, which is this.
    paths: {
      vitest: ['./node_modules/vitest/dist/index.d.ts'],
      'opal-sandbox': ['./src/index.ts'],
      'opal-sandbox/*': ['./src/*.ts'],
    },
  })
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => [file?.fileName, messageText])
  expect(problems).toEqual([])
  expect(names.length).toBeGreaterThan(5)
})

/** What is done with a block, by its language. */
const runners: Record<string, (code: string, reader: Reader) => void | Promise<void>> = {
  sh: runShell,
  json: compareJson,
  jsonc: compareJson,
  text: compareText,
  yaml: readYaml,
  js: runScript,
  ts: runScript,
}

async function runBlock({ language, code }: Block, reader: Reader) {
  const runner = runners[language]
  if (!runner) throw new Error(`no test runs a block in "${language}": say why with a comment "not run: ..."`)
  await runner(code, reader)
}

/** Each line is a curl line, a command of ours, or a remark; the answer of the last one is what comes next. */
async function runShell(code: string, reader: Reader) {
  const lines = code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
  for (const line of lines.filter(Boolean)) {
    expectDone(reader)
    const [program, ...words] = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
      ([, double, single, bare]) => double ?? single ?? bare!,
    )
    if (program === 'curl') reader.answer = { call: line, ...(await callAsCurl(words, reader)) }
    else if (program === 'opal-sandbox') reader.answer = { call: line, ...(await runCommand(words, reader)) }
    else throw new Error(`no test runs the line: ${line}`)
  }
}

/** The flags of curl that the documents use, and no others. */
async function callAsCurl(words: string[], { port, folder }: Reader) {
  const after = (flag: string) => words.flatMap((word, index) => (words[index - 1] === flag ? [word] : []))
  const [file] = after('--data-binary').map((name) => readFileSync(join(folder, name.slice(1)), 'utf8'))
  const body = after('-d')[0] ?? file
  const url = words.find((word) => word.startsWith('http'))!
  try {
    const response = await fetch(url.replace(':6725', `:${port}`), {
      method: after('-X')[0] ?? 'GET',
      headers: Object.fromEntries(after('-H').map((header) => header.split(': ') as [string, string])),
      ...(body !== undefined && { body }),
    })
    return { isFailed: response.status !== 200, text: (await response.text()).replaceAll(`:${port}`, ':6725') }
  } catch {
    return { isFailed: true, text: 'curl: (52) Empty reply from server' }
  }
}

/** A server is run until it is ready, any other command to its end. */
async function runCommand(words: string[], { port, folder }: Reader) {
  const options = { cwd: folder, env: { OPAL_SANDBOX_URL: `http://127.0.0.1:${port}`, PATH: process.env.PATH! } }
  if (words.length === 0 || words[0] === 'start' || words[0]?.startsWith('-')) {
    const server = run([...words.filter((word) => word !== '&'), '--port', '0'], options)
    const ready = await server.ready()
    const { code } = await server.stop()
    return { isFailed: code !== 0, text: JSON.stringify({ ...ready, url: 'http://127.0.0.1:6725' }) }
  }
  const { code, stdout, stderr } = await run(words, options).exited
  return { isFailed: code !== 0, text: (code === 0 ? stdout : stderr).replaceAll(`:${port}`, ':6725') }
}

/** A program of somebody who has installed the package, run by Node or, where it is a test of vitest's, by that. */
async function runScript(code: string, reader: Reader) {
  expectDone(reader)
  const { port, folder } = reader
  const file = join(folder, code.includes("from 'opal-sandbox/vitest'") ? 'example.test.ts' : 'example.ts')
  const modules = join(folder, 'node_modules')
  if (!existsSync(modules)) {
    mkdirSync(modules)
    symlinkSync(fileURLToPath(root), join(modules, 'opal-sandbox'))
    symlinkSync(fileURLToPath(new URL('node_modules/vitest', root)), join(modules, 'vitest'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  }
  writeFileSync(file, code.replaceAll(':6725', `:${port}`))
  const args = file.endsWith('.test.ts') ? [join(modules, 'vitest/vitest.mjs'), 'run', '--root', folder] : [file]
  reader.answer = await new Promise<Answer>((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH } }
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const isFailed = error !== null
      resolve({ call: code.split('\n', 1)[0]!, isFailed, text: isFailed ? stdout + stderr : stdout })
    })
  })
}

/** What fails has to be shown as it fails. */
function expectDone({ answer }: Reader) {
  if (answer?.isFailed)
    throw new Error(`this failed, and what it answered is not shown: ${answer.call}\n${answer.text}`)
}

function compareText(code: string, reader: Reader) {
  expect(reader.answer?.text.trimEnd()).toBe(code.trimEnd())
  reader.answer = undefined
}

/** A seed, or what was answered: all of it, or, where lines say `// ...`, what is left of it. */
function compareJson(code: string, reader: Reader) {
  const isPart = /^\s*\/\/ \.\.\./m.test(code)
  const shown = parse(code.replaceAll(/^\s*\/\/ \.\.\..*$/gm, '')) as unknown
  const { answer } = reader
  if (!answer) {
    if (!(shown as { version?: number }).version) throw new Error('there is no call whose answer this could be')
    loadSeed(shown)
    return
  }
  expect(asShown(JSON.parse(answer.text), shown, isPart)).toEqual(shown)
  reader.answer = undefined
}

/** What is different at every run. */
const chance = [
  'request_id',
  'fault_id',
  'duration_ms',
  'received_at',
  'until',
  'undone',
  'headers',
  'uptime_seconds',
  'version',
  'url',
  'base_url',
  'pid',
]

/** What was told with that as it is shown; of a part, the fields that are named and the first elements of a list. */
function asShown(told: unknown, shown: unknown, isPart: boolean): unknown {
  if (Array.isArray(told) && Array.isArray(shown)) {
    return (isPart ? told.slice(0, shown.length) : told).map((value, index) => asShown(value, shown[index], isPart))
  }
  if (!isRecord(told) || !isRecord(shown)) return told
  const fields = Object.entries(told).filter(([name]) => !isPart || name in shown)
  return Object.fromEntries(
    fields.map(([name, value]) => {
      const isChance = chance.includes(name) && name in shown
      return [name, isChance ? shown[name] : asShown(value, shown[name], isPart)]
    }),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A seed is loaded, and stands in the file that its first line names; any other YAML has to be YAML. */
function readYaml(code: string, { folder }: Reader) {
  const value = parse(code) as { version?: number } | null
  if (value?.version === 1) loadSeed(value)
  const name = /^# (\S+\.yaml)$/m.exec(code)?.[1]
  if (name !== undefined) writeFileSync(join(folder, name), code)
}

function leadsSomewhere(file: string, target: string): boolean {
  if (/^https?:/.test(target)) return true
  const url = new URL(target, new URL(file, root))
  const path = url.href.slice(root.href.length).split('#')[0]!
  if (url.hash === '') return existsSync(fileURLToPath(url))
  return documents.get(path)?.anchors.includes(url.hash.slice(1)) ?? false
}
