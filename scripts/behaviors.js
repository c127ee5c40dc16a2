// Writes the tables of behaviors and of types of events in docs/behaviour.md from src/domain. With --check, fails if they
// are out of date.
import { behaviors, eventTypes, operations, refusals } from '../dist/sandbox.js'
import { writeMarked } from './marked.js'

const sections = {
  'Every operation': ({ operations }) => operations === 'every',
  'Access to groups': ({ operations: [id] }) => isAbout(id, /^\/groups\/(\{group_id\}\/)?users/),
  Groups: ({ operations: [id] }) => isAbout(id, /^\/groups(\/\{group_id\})?(\/access_levels)?$/),
  'Around groups': ({ operations: [id] }) => isAbout(id, /^\/groups\/\{group_id\}\/(?!users|access_levels|tags)/),
  'Access to resources': ({ operations: [id] }) =>
    isAbout(id, /^\/(resources\/(\{resource_id\}\/)?users|resource-user-access-status)/),
  Resources: ({ operations: [id] }) => isAbout(id, /^\/resources(?!\/(\{resource_id\}\/)?(users|tags))/),
  Requests: ({ operations: [id] }) => isAbout(id, /^\/requests/),
  Delegations: ({ operations: [id] }) => isAbout(id, /^\/delegations/),
  Users: ({ operations: [id] }) => isAbout(id, /^\/users?(\/|$)/),
  Owners: ({ operations: [id] }) => isAbout(id, /^\/owners/),
  Apps: ({ operations: [id] }) => isAbout(id, /^\/apps/),
  'Message channels and on-call schedules': ({ operations: [id] }) =>
    isAbout(id, /^\/(message-channels|on-call-schedules)/),
  Tags: ({ operations: [id] }) => isAbout(id, /^\/tags?(\/|$)/),
  'Sync errors': ({ operations: [id] }) => isAbout(id, /^\/sync_errors/),
  Events: ({ operations: [id] }) => isAbout(id, /^\/events/),
  Records: ({ operations: [id] }) => behaviors.records_kept.operations.includes(id),
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

function writeEventTypes() {
  const happenings = ['created', 'updated', 'removed', 'expired']
  const rows = Object.entries(eventTypes).filter(([, types]) => Object.keys(types).length > 0)
  const lines = rows.map(([noun, types]) => [
    `\`${noun}\``,
    ...happenings.map((one) => (types[one] === undefined ? '' : `\`${types[one]}\``)),
  ])
  const head = ['what', ...happenings]
  return [head, head.map(() => '---'), ...lines].map(writeRow).join('\n')
}

function writeRow(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

await writeMarked('docs/behaviour.md', 'src/domain/behaviors.ts', writeSections())
await writeMarked('docs/behaviour.md', 'src/domain/events.ts', writeEventTypes())
