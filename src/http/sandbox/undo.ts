import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { decodeChanges, invertChanges, sumChanges } from '../../domain/change.js'
import { Refusal } from '../../domain/refusal.js'
import type { OpenOrganization } from '../../organization/organization.js'
import { ChangeSchema, showChanges } from '../changes.js'
import type { Deps } from '../deps.js'
import { createRecorder } from '../record.js'
import { countOf, readEarlierId } from '../request-id.js'
import { bodyRefusals, controlRefusals, refusalResponses } from '../schemas.js'

const tags = ['sandbox']

const Undone = Type.Object(
  {
    undone: Type.Array(Type.String(), {
      description: 'The ids of the requests whose changes were undone, in the order of the changes.',
    }),
    results: Type.Array(ChangeSchema, { description: 'How that changed the state, one item for each row.' }),
  },
  { title: 'Undone', description: 'What was undone.', additionalProperties: false },
)

const undoSince = {
  operationId: 'sandbox_undo',
  tags,
  summary: 'Undo calls',
  description:
    'Returns the organization to the state before a call: undoes everything that it and later calls have changed, moves ' +
    'of the clock and settings included. Fault rules and snapshots stay. The undo is an entry of the journal too, so it ' +
    'can be undone. Only what the journal still holds can be undone, and nothing before a reset, a new seed or a ' +
    'restored snapshot.',
  body: Type.Object(
    {
      to: Type.String({
        description: 'The id of the first request to undo, or a mark: `until` of GET /_sandbox/changes.',
        examples: ['req-1a'],
      }),
    },
    { title: 'Undo', additionalProperties: false },
  ),
  response: { 200: Undone, ...refusalResponses(...controlRefusals, ...bodyRefusals, 'UNDO_IMPOSSIBLE') },
}

export function undo({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const recorder = createRecorder(organizations)

  return async (app) => {
    app.post('/undo', { schema: undoSince }, async (request) => {
      const { id, organization, body } = request
      const first = readEarlierId('body.to', body.to, id)
      // The journal has no entries yet for what the transaction of this event loop iteration changes.
      await store.write(() => undefined)
      const work = () => {
        const changed = changedSince(organization, body.to, first)
        const changes = invertChanges(sumChanges(changed.map(({ changes }) => changes)))
        if (!organizations.applyChanges(organization, changes)) throw stateHasMoved()
        return { undone: changed.map(({ request_id }) => request_id), results: showChanges(changes) }
      }
      const undone = await organizations.change(organization, work, request)
      organizations.forgetTokens(organization)
      recorder.recordControl(request, undoSince.operationId, { undone: undone.undone.length })
      return undone
    })
  }
}

/** Which requests made changes after the state before a request, in the order of their work. */
function changedSince({ journal }: OpenOrganization, to: string, first: number) {
  const { lostThrough, limits } = journal
  const entries = journal.list()
  const later = entries.filter(({ request_id }) => countOf(request_id) >= first)
  const isLost = limits.entries === 0 || (lostThrough !== undefined && first <= countOf(lostThrough))
  if (isLost || later.some(({ areChangesCut }) => areChangesCut)) throw changesLost(to)
  const changed = entries
    .filter(({ changes }) => changes !== '')
    .map(({ request_id, changes }) => ({ request_id, changes: decodeChanges(changes) }))
    .sort((a, b) => a.changes.number - b.changes.number)
  // A call that a fault rule held may have done its work after calls that came later.
  const start =
    changed.find(({ request_id }) => request_id === to) ?? changed.find((one) => countOf(one.request_id) >= first)
  return start ? changed.slice(changed.indexOf(start)) : []
}

function changesLost(to: string): Refusal {
  return new Refusal('UNDO_IMPOSSIBLE', `The journal no longer holds everything that was changed since ${to}.`, {
    hint:
      'It keeps the last calls up to its limits, at most 1 MiB of changes of each, and none from before a reset, a new ' +
      'seed or a restored snapshot. Save a snapshot to be able to go back further.',
  })
}

function stateHasMoved(): Refusal {
  return new Refusal('UNDO_IMPOSSIBLE', 'Another call is changing the same organization at this moment.', {
    hint: 'Nothing was undone. Wait until the calls in progress are answered, and call again.',
  })
}
