import { Type } from '@sinclair/typebox'
import { Refusal } from '../../domain/refusal.js'

/** The API can filter by tags; the sandbox has none, and says so rather than give a wrong list. */
export const tagFilter = {
  // Whatever they are: what they ask for comes to nothing.
  tag_ids: Type.Optional(
    Type.Array(Type.String({ documentedFormat: 'uuid' }), { description: 'Not simulated: answered with 501.' }),
  ),
}

export function refuseTagFilter({ tag_ids }: { tag_ids?: string[] }) {
  if (tag_ids === undefined) return
  throw new Refusal('NOT_SIMULATED', 'The query parameter tag_ids is not simulated.', { hint: 'Leave tag_ids out.' })
}
