import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from '@sinclair/typebox'
import { decodeChanges, sumChanges } from '../../domain/change.js'
import type { OpenOrganization } from '../../organization/organization.js'
import { compareSeeds } from '../../seed/compare.js'
import { exportSeed } from '../../seed/export.js'
import { loadSeed } from '../../seed/load.js'
import { ChangeSchema, showChanges, type ShownChange } from '../changes.js'
import type { Deps } from '../deps.js'
import { snapshotNotFound } from '../errors.js'
import { countOf, readEarlierId } from '../request-id.js'
import { controlRefusals, refusalResponses } from '../schemas.js'

const tags = ['sandbox']

const ChangeSum = Type.Object(
  {
    until: Type.String({ description: 'The id of the last request that counts: a mark for `since` of a later call.' }),
    complete: Type.Boolean({
      description: 'Whether the journal still holds all changes in between; if not, results has only the rest.',
    }),
    results: Type.Array(ChangeSchema),
  },
  {
    title: 'ChangeSum',
    description: 'What calls changed, one item for each row.',
    additionalProperties: false,
    alsoAs: 'text/markdown',
  },
)

const SnapshotChanges = Type.Object(
  { results: Type.Array(ChangeSchema) },
  {
    title: 'SnapshotChanges',
    description: 'How one state differs from another, one item for each row.',
    additionalProperties: false,
    alsoAs: 'text/markdown',
  },
)

const getSnapshotChanges = {
  operationId: 'sandbox_get_snapshot_changes',
  tags,
  summary: 'Compare a snapshot',
  description:
    'How the state of the organization differs from a snapshot; with `with`, how another snapshot does. Fault rules ' +
    'and the order of rows are not compared. Ask for text/markdown to get a table.',
  params: Type.Object({ name: Type.String({ description: 'The name of the earlier one.' }) }),
  querystring: Type.Object({ with: Type.Optional(Type.String({ description: 'The name of the later one.' })) }),
  response: { 200: SnapshotChanges, ...refusalResponses(...controlRefusals, 'SNAPSHOT_NOT_FOUND') },
}

const getChanges = {
  operationId: 'sandbox_get_changes',
  tags,
  summary: 'Sum up what calls changed',
  description:
    'One item for each row that changed, from its first state to its last. What was created and removed again is left ' +
    'out. Without `since`, sums up everything in the journal. Ask for text/markdown to get a table.',
  querystring: Type.Object({
    since: Type.Optional(
      Type.String({ description: 'Only calls after the one with this request id.', examples: ['req-1a'] }),
    ),
    until: Type.Optional(
      Type.String({ description: 'Only calls up to the one with this request id.', examples: ['req-1c'] }),
    ),
  }),
  response: { 200: ChangeSum, ...refusalResponses(...controlRefusals) },
}

export function changes({ store }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/changes', { schema: getChanges }, async ({ id, organization, query, headers }, reply) => {
      const { since, until = id } = query
      const after = since === undefined ? 0 : readEarlierId('query.since', since, id)
      const last = readEarlierId('query.until', until, id)
      const entries = organization.journal.list().filter(({ request_id }) => {
        const count = countOf(request_id)
        return count > after && count <= last
      })
      const sum = sumChanges(entries.flatMap(({ changes }) => (changes === '' ? [] : [decodeChanges(changes)])))
      const complete = isKept(organization, since) && !entries.some(({ areChangesCut }) => areChangesCut)
      const answer = { until, complete, results: showChanges(sum) }
      if (!headers.accept?.includes('text/markdown')) return answer
      const note = complete ? '' : '\nThe journal no longer holds all of these calls: the table is incomplete.\n'
      const table: unknown = writeTable(answer.results) + note
      return reply.type('text/markdown; charset=utf-8').send(table as Static<typeof ChangeSum>)
    })

    app.get('/snapshots/:name/changes', { schema: getSnapshotChanges }, async (request, reply) => {
      const { organization, params, query, headers } = request
      const before = findSnapshot(organization, params.name)
      const after = query.with === undefined ? exportSeed(store, organization) : findSnapshot(organization, query.with)
      const results = showChanges(compareSeeds(loadSeed(before), loadSeed(after)))
      if (!headers.accept?.includes('text/markdown')) return { results }
      const table: unknown = writeTable(results)
      return reply.type('text/markdown; charset=utf-8').send(table as Static<typeof SnapshotChanges>)
    })
  }

  function findSnapshot({ organization_id }: OpenOrganization, name: string): unknown {
    const saved = store.snapshots.find(organization_id, name)
    if (!saved) throw snapshotNotFound(name)
    return JSON.parse(saved.seed)
  }
}

/** Whether the journal holds every call after `since`; without it, every call since it was last cleared. */
function isKept({ journal }: OpenOrganization, since: string | undefined): boolean {
  const { lostThrough, clearedThrough, limits } = journal
  if (limits.entries === 0) return false
  if (since === undefined) return lostThrough === clearedThrough
  return lostThrough === undefined || countOf(since) >= countOf(lostThrough)
}

function writeTable(results: ShownChange[]): string {
  const lines = results.map(({ noun, key, change, before, after }) => {
    const ids = Object.entries(key).map(([name, id]) => `${name} ${id}`)
    return [noun, ids.join(', '), change, writeFields(before), writeFields(after)]
  })
  const rows = [['noun', 'key', 'change', 'before', 'after'], Array<string>(5).fill('---'), ...lines]
  return rows.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`).join('')
}

function writeFields(fields: Record<string, unknown> = {}): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ')
}

function escapeCell(text: string): string {
  return text.replaceAll(/[\\|]/g, '\\$&').replaceAll(/[\r\n]+/g, ' ')
}
