import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { program } from './command.js'

const text = readFileSync(new URL('../../docs/command.md', import.meta.url), 'utf8')

/** The words in code style, of each section. */
const sections = text.split(/^## /m).map((section) => [...section.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!))

/** Options that a section of their own describes for all commands that have them. */
const shared = new Set(['--url', '--token', '--json', '--no-color', '--version'])

function listCalls(command: CommandUnknownOpts, words: string[] = []): [name: string, options: string[]][] {
  const calls = command.commands.flatMap((child) => listCalls(child, [...words, child.name()]))
  const own = command.options.map(({ long }) => long ?? '')
  return words.length === 0 ? calls : [[words.join(' '), own], ...calls]
}

const calls = listCalls(program())

test.each(calls)('docs/command.md describes %s with its options', (name, options) => {
  // Also `clock advance DURATION`, and `opal-sandbox start`.
  const describing = sections.filter((codes) => codes.some((code) => ` ${code} `.includes(` ${name} `)))
  const described = new Set(describing.flat().map((code) => code.split(' ', 1)[0]))
  expect(describing).not.toEqual([])
  expect(options.filter((option) => !shared.has(option) && !described.has(option))).toEqual([])
})

test('docs/command.md describes no option that does not exist', () => {
  const known = new Set(['--help', ...shared, ...calls.flatMap(([, options]) => options)])
  const described = sections.flat().flatMap((code) => code.match(/(?<=^| )--[a-z-]+/g) ?? [])
  expect(described.filter((option) => !known.has(option))).toEqual([])
  expect([...known].filter((option) => !described.includes(option))).toEqual([])
})
