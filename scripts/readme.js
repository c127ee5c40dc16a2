// Writes the table of what is simulated in README.md from src/domain/operations.ts. With --check, fails if it is out of
// date.
import { behaviors, operations } from '../dist/sandbox.js'
import { writeMarked } from './marked.js'

/** The first one that fits decides. */
const subjects = {
  'access to groups': /^\/groups\/(\{group_id\}\/)?users/,
  groups: /^\/groups/,
  users: /^\/users?(\/|$)/,
  'access to resources': /^\/resource(s\/(\{resource_id\}\/)?users|-user-access-status)/,
  resources: /^\/resources(?!\/\{resource_id\}\/(tags|non-human))/,
  requests: /^\/requests/,
  delegations: /^\/delegations/,
  events: /^\/events/,
  tokens: /^\/tokens/,
  apps: /^\/apps/,
  owners: /^\/owners/,
  tags: /^\/(tags?(\/|$)|resources\/\{resource_id\}\/tags$)/,
  'message channels': /^\/message-channels/,
  'on-call schedules': /^\/on-call-schedules/,
  'sync errors': /^\/sync_errors/,
  bundles: /^\/bundles/,
  'event streams': /^\/event-streams/,
  'configuration templates': /^\/configuration-templates/,
  'group bindings and IdP group mappings': /^\/(group-bindings|idp-group-mappings)/,
  'access rules': /^\/access-rules/,
  'access reviews and campaigns': /^\/(uars?|campaigns)(\/|$)/,
  sessions: /^\/sessions/,
  'everything else': /^/,
}

function subjectOf({ path }) {
  return Object.keys(subjects).find((subject) => subjects[subject].test(path))
}

const kinds = {
  'simulated with rules': ({ id, simulated }) => simulated && !behaviors.records_kept.operations.includes(id),
  'kept as records': ({ id }) => behaviors.records_kept.operations.includes(id),
  'stub only': ({ simulated }) => !simulated,
}

function writeTable() {
  const rows = Object.keys(subjects).map((subject) => {
    const all = operations.filter((operation) => subjectOf(operation) === subject)
    const cells = Object.values(kinds).map((isOne) => all.filter(isOne).map(({ id }) => `\`${id}\``))
    return `| ${[subject, ...cells.map((ids) => ids.join(', '))].join(' | ')} |`
  })
  const [simulated, kept, stubs] = Object.values(kinds).map((isOne) => operations.filter(isOne).length)
  return `Of the ${operations.length} operations of the API, ${simulated} are simulated with rules, and ${kept} are kept as records: what is
created is kept and shown, and has no other effect. The other ${stubs} are stub only.

| about | ${Object.keys(kinds).join(' | ')} |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

await writeMarked('README.md', 'src/domain/operations.ts', writeTable())
