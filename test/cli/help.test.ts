import { expect, test } from 'vitest'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { temporaryFolder } from '../folder.js'
import { groupUserPath, ids, tokens } from '../helper.js'
import { called, program, run, served } from './command.js'

/** The words that call each command which does something; those for seeds first, as they leave one for the others. */
const calls = listCalls(program()).sort((a, b) => Number(b[0] === 'seed') - Number(a[0] === 'seed'))

function listCalls({ commands }: CommandUnknownOpts): string[][] {
  return commands.flatMap((command) =>
    command.commands.length === 0 ? [[command.name()]] : listCalls(command).map((words) => [command.name(), ...words]),
  )
}

/** The examples of a command's help, each as its words. */
async function readExamples(call: string[]): Promise<string[][]> {
  const { code, stdout } = await called([...call, '--help'])
  expect(code).toBe(0)
  return [...stdout.matchAll(/^ {2}\$ opal-sandbox *(.*)$/gm)].map(([, line = '']) =>
    [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!),
  )
}

test('the help of every command shows examples, and each of them works', async () => {
  const { agent, command, url } = await served()
  const cwd = temporaryFolder()

  /** A server is run until it is ready, and what exec would run is left out. */
  async function tryOut(words: string[]) {
    if (words.length === 0 || words[0]!.startsWith('--')) {
      const server = run([...words, '--port', '0'], { cwd })
      await server.ready()
      return (await server.stop()).code
    }
    const end = words.includes('--') ? words.indexOf('--') : words.length
    const own = words.slice(0, end).map((word) => word.replace('http://127.0.0.1:8080', url))
    // The id of a rule that exists.
    if (words[1] === 'remove') {
      const { results } = JSON.parse((await command(['fault', 'list', '--json'])).stdout) as {
        results: { fault_id: string }[]
      }
      own[2] = results[0]!.fault_id
    }
    // So that what is waited for is there.
    if (words.includes('--wait')) {
      for (const user of [ids.jake, ids.brett]) {
        await agent.put(groupUserPath(ids.apiGroup, user)).send({ duration_minutes: 60 })
      }
    }
    const program = end < words.length ? ['--', process.execPath, '-e', ''] : []
    return (await command([...own, ...program], { cwd, env: { OPAL_AUTH_TOKEN: tokens.fullAccess } })).code
  }

  const tried = []
  for (const call of calls) {
    const examples = await readExamples(call)
    expect(examples, call.join(' ')).not.toEqual([])
    for (const words of examples) tried.push([words.join(' '), await tryOut(words)])
  }
  // Where something is required that nobody calls, that is what is told.
  expect(tried).toEqual(tried.map(([line]) => [line, String(line).includes('--require') ? 2 : 0]))
  expect(calls).toHaveLength(32)
})

test('there are colors if they are requested, and none if they are refused', async () => {
  const { command } = await served()
  const shown = async (args: string[], env: Record<string, string>) =>
    (await command(['clock', 'show', ...args], { env })).stdout.includes('\u001b[')
  expect([
    await shown([], {}),
    await shown([], { FORCE_COLOR: '1' }),
    await shown(['--no-color'], { FORCE_COLOR: '1' }),
    await shown([], { FORCE_COLOR: '0' }),
  ]).toEqual([false, true, false, false])
})
