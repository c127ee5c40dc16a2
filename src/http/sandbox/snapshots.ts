import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { formatTimestamp } from '../../domain/clock.js'
import { Refusal } from '../../domain/refusal.js'
import { showClock } from '../../organization/clock.js'
import type { SeedDocument } from '../../seed/schema.js'
import type { Secrets } from '../../seed/secrets.js'
import type { Deps } from '../deps.js'
import { snapshotNotFound } from '../errors.js'
import { createRecorder } from '../record.js'
import { bodyRefusals, controlRefusals, NoContent, OrganizationFilledSchema, refusalResponses } from '../schemas.js'

const tags = ['sandbox']

/** The limit for one organization. */
const maxSnapshots = 100

const name = Type.String({
  // URLs cannot end in `.` or `..`.
  pattern: '^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}$',
  expects: 'a name of 1 to 64 characters A-Z a-z 0-9 . _ -',
  description: 'The name.',
  examples: ['before'],
})

const Snapshot = Type.Object(
  {
    name,
    created_at: Type.String({
      format: 'date-time',
      description: 'When it was saved, by the clock of the organization.',
    }),
  },
  { title: 'Snapshot', description: 'A saved state.', additionalProperties: false },
)

const byName = Type.Object({ name })

const listSnapshots = {
  operationId: 'sandbox_list_snapshots',
  tags,
  summary: 'List snapshots',
  description: 'In the order of their names.',
  response: {
    200: Type.Object(
      { results: Type.Array(Snapshot) },
      { title: 'Snapshots', description: 'All snapshots of the organization.', additionalProperties: false },
    ),
    ...refusalResponses(...controlRefusals),
  },
}

const saveSnapshot = {
  operationId: 'sandbox_save_snapshot',
  tags,
  summary: 'Save a snapshot',
  description: `Saves the whole state of the organization under a name and replaces a snapshot of this name. At most ${maxSnapshots}.`,
  body: Type.Object({ name }, { title: 'SaveSnapshot', additionalProperties: false }),
  response: { 200: Snapshot, ...refusalResponses(...controlRefusals, ...bodyRefusals, 'SNAPSHOT_LIMIT') },
}

const restoreSnapshot = {
  operationId: 'sandbox_restore_snapshot',
  tags,
  summary: 'Restore a snapshot',
  description: 'Restores everything that was saved, including the clock.',
  params: byName,
  response: {
    200: OrganizationFilledSchema,
    ...refusalResponses(...controlRefusals, 'SNAPSHOT_NOT_FOUND'),
  },
}

const deleteSnapshot = {
  operationId: 'sandbox_delete_snapshot',
  tags,
  summary: 'Delete a snapshot',
  description: 'The state of the organization stays as it is.',
  params: byName,
  response: {
    200: NoContent('Deleted; the body is empty.'),
    ...refusalResponses(...controlRefusals, 'SNAPSHOT_NOT_FOUND'),
  },
}

export function snapshots({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const recorder = createRecorder(organizations)

  return async (app) => {
    app.get('/snapshots', { schema: listSnapshots }, async ({ organization: { organization_id } }) => ({
      results: store.snapshots.list(organization_id),
    }))

    app.post('/snapshots', { schema: saveSnapshot }, async ({ organization, body: { name } }) => {
      const { organization_id } = organization
      return organizations.change(organization, () => {
        const saved = store.snapshots.list(organization_id)
        if (saved.length >= maxSnapshots && !saved.some((snapshot) => snapshot.name === name)) {
          throw new Refusal('SNAPSHOT_LIMIT', `There are ${maxSnapshots} snapshots already.`, {
            hint: 'Delete one with DELETE /_sandbox/snapshots/{name}.',
          })
        }
        const created_at = formatTimestamp(organization.now())
        const { state, secrets } = organizations.save(organization)
        store.snapshots.save({
          organization_id,
          name,
          created_at,
          seed: JSON.stringify(state),
          secrets: JSON.stringify(secrets),
        })
        return { name, created_at }
      })
    })

    app.post('/snapshots/:name/restore', { schema: restoreSnapshot }, async (request) => {
      const { id, organization } = request
      const { name } = request.params
      await organizations.restore(organization, id, () => {
        const saved = store.snapshots.find(organization.organization_id, name)
        if (!saved) throw snapshotNotFound(name)
        return { state: JSON.parse(saved.seed) as SeedDocument, secrets: JSON.parse(saved.secrets) as Secrets }
      })
      const clock = showClock(organization)
      recorder.recordControl(request, restoreSnapshot.operationId, clock)
      return clock
    })

    app.delete('/snapshots/:name', { schema: deleteSnapshot }, async ({ organization, params: { name } }, reply) => {
      await organizations.change(organization, () => {
        if (!store.snapshots.remove(organization.organization_id, name)) throw snapshotNotFound(name)
      })
      return reply.send(undefined)
    })
  }
}
