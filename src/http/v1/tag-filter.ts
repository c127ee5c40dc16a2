import { Type } from '@sinclair/typebox'
import { Refusal } from '../../domain/refusal.js'

/** The sandbox has no tags: it rejects this filter of the API rather than return a wrong list. */
export const tagFilter = {
  // Not checked to be UUIDs: the call is rejected anyway.
  tag_ids: Type.Optional(
    Type.Array(Type.String({ documentedFormat: 'uuid' }), { description: 'Not simulated: rejected with 501.' }),
  ),
}

export function refuseTagFilter({ tag_ids }: { tag_ids?: string[] }) {
  if (tag_ids === undefined) return
  throw new Refusal('NOT_SIMULATED', 'The query parameter tag_ids is not simulated.', { hint: 'Leave tag_ids out.' })
}
