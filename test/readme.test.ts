import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sandbox } from './helper.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

interface Block {
  language: string
  code: string
}

const blocks: Block[] = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
  language,
  code,
}))

/** The curl lines of a shell block, each as what it asks for: the way in which the README writes them, and no other. */
function readCurls(code: string): { url: string; method: string; headers: Record<string, string>; body?: string }[] {
  return code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.startsWith('curl '))
    .map((line) => {
      const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        ([, double, single, bare]) => double ?? single ?? bare!,
      )
      const after = (flag: string) => words.flatMap((word, index) => (words[index - 1] === flag ? [word] : []))
      const [body] = after('-d')
      return {
        url: words.find((word) => word.startsWith('http'))!,
        method: after('-X')[0] ?? 'GET',
        headers: Object.fromEntries(after('-H').map((header) => header.split(': ') as [string, string])),
        ...(body !== undefined && { body }),
      }
    })
}

test('every curl line of the README is answered with 200, in its order', async () => {
  const { listen } = await sandbox()
  const port = await listen({ host: '127.0.0.1', port: 0 })
  const calls = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => readCurls(code))
  const answers = []
  for (const { url, ...init } of calls) {
    const response = await fetch(url.replace(':6725', `:${port}`), init)
    answers.push([`${init.method} ${url}`, response.status])
    await response.arrayBuffer()
    // The fault rule of the README would meet the call that follows it.
    if (url.endsWith('/_sandbox/faults'))
      await fetch(`http://127.0.0.1:${port}/_sandbox/faults`, { method: 'DELETE', headers: init.headers })
  }
  expect(calls.length).toBeGreaterThan(5)
  expect(answers).toEqual(calls.map(({ method, url }) => [`${method} ${url}`, 200]))
})

test('the quick start is answered as printed', async () => {
  const { listen } = await sandbox()
  const port = await listen({ host: '127.0.0.1', port: 0 })
  const index = blocks.findIndex(({ code }) => code.startsWith('curl'))
  const { url, ...init } = readCurls(blocks[index]!.code)[0]!
  const response = await fetch(url.replace(':6725', `:${port}`), init)
  expect(await response.json()).toEqual(JSON.parse(blocks[index + 1]!.code))
})

test('every JSON block of the README is JSON', () => {
  for (const { language, code } of blocks) if (language === 'json') expect(() => void JSON.parse(code)).not.toThrow()
})
