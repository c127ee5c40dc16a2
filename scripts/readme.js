// Writes the table of what is simulated in README.md from src/domain/operations.ts. With --check, fails if it is out of
// date.
import { operations } from '../dist/sandbox.js'
import { writeMarked } from './marked.js'

/** The first one that fits decides. */
const subjects = {
  'access to groups': /^\/groups\/(\{group_id\}\/)?users/,
  groups: /^\/groups/,
  users: /^\/users?(\/|$)/,
  tokens: /^\/tokens/,
  apps: /^\/apps/,
  owners: /^\/owners/,
  tags: /^\/(tags?(\/|$)|resources\/\{resource_id\}\/tags$)/,
  'message channels': /^\/message-channels/,
  'on-call schedules': /^\/on-call-schedules/,
  'sync errors': /^\/sync_errors/,
  'everything else': /^/,
}

function subjectOf({ path }) {
  return Object.keys(subjects).find((subject) => subjects[subject].test(path))
}

function writeTable() {
  const rows = Object.keys(subjects).map((subject) => {
    const all = operations.filter((operation) => subjectOf(operation) === subject)
    const simulated = all.filter((operation) => operation.simulated)
    const ids = simulated.map(({ id }) => `\`${id}\``).join(', ')
    return `| ${subject} | ${simulated.length} of ${all.length} | ${ids} |`
  })
  const count = operations.filter(({ simulated }) => simulated).length
  return `${count} of the ${operations.length} operations of the API are simulated:

| about | simulated | operations |
| --- | --- | --- |
${rows.join('\n')}
`
}

await writeMarked('README.md', 'src/domain/operations.ts', writeTable())
