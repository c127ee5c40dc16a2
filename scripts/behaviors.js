// Writes the tables of behaviors in docs/behaviour.md from src/domain/behaviors.ts. With --check, fails if they are out of
// date.
import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { behaviors, operations, refusals } from '../dist/sandbox.js'

const file = new URL('../docs/behaviour.md', import.meta.url)
const written = '<!-- Written by `npm run openapi` from src/domain/behaviors.ts. Change that. -->'
const end = '<!-- The end of what is written. -->'

const sections = {
  'Every operation': ({ operations }) => operations === 'every',
  'Access to groups': ({ operations: [id] }) => isAbout(id, /^\/groups\/(\{group_id\}\/)?users/),
  Groups: ({ operations: [id] }) => isAbout(id, /^\/groups(\/\{group_id\})?(\/access_levels)?$/),
  'Around groups': ({ operations: [id] }) => isAbout(id, /^\/groups\/\{group_id\}\/(?!users|access_levels|tags)/),
  Users: ({ operations: [id] }) => isAbout(id, /^\/users?(\/|$)/),
  Owners: ({ operations: [id] }) => isAbout(id, /^\/owners/),
  Tokens: ({ operations: [id] }) => isAbout(id, /^\/tokens/),
}

function isAbout(id, paths) {
  return operations.some((operation) => operation.id === id && paths.test(operation.path))
}

function writeSections() {
  const all = Object.entries(behaviors)
  const texts = Object.entries(sections).map(([title, belongs]) => {
    const rows = all.filter(([, behavior]) => belongs(behavior))
    const isEvery = title === 'Every operation'
    const head = isEvery ? ['behavior', 'what happens', 'basis'] : ['behavior', 'what happens', 'operations', 'basis']
    const lines = rows.map(([id, { means, operations, basis, source, setting }]) => [
      `\`${id}\``,
      id in refusals ? `${refusals[id].status}: ${means}` : means,
      ...(isEvery ? [] : [operations.map((one) => `\`${one}\``).join(', ')]),
      `${basis}: ${source}${setting ? `; \`${setting}\`` : ''}`,
    ])
    return `### ${title}\n\n${[head, head.map(() => '---'), ...lines].map(writeRow).join('\n')}\n`
  })
  const count = Object.values(sections).flatMap((belongs) => all.filter(([, behavior]) => belongs(behavior))).length
  if (count !== all.length) throw new Error(`${count} of ${all.length} behaviors are in the sections of the document.`)
  return texts.join('\n')
}

function writeRow(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

const text = await readFile(file, 'utf8')
const [before, rest] = text.split(`${written}\n`)
const after = rest?.split(`${end}\n`)[1]
if (after === undefined) throw new Error('docs/behaviour.md has no place for the tables of behaviors.')
const whole = await format(`${before}${written}\n\n${writeSections()}\n${end}\n${after}`, {
  ...(await resolveConfig('docs/behaviour.md')),
  parser: 'markdown',
})
if (!process.argv.includes('--check')) {
  await writeFile(file, whole)
} else if (whole !== text) {
  console.error('docs/behaviour.md is out of date. Run npm run openapi and commit the result.')
  process.exitCode = 1
}
