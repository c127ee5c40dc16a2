import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { Uuid } from '../../schemas/types.js'
import { VisibilityInfo } from '../../schemas/visibility.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { changeDetails, getGroup, readDetails } from './group.js'
import { createLinks } from './links.js'
import { createWrite } from './write.js'

const tags = ['groups']
const byId = Type.Object({ group_id: Uuid('The group.') })

const getVisibility = {
  operationId: 'get_group_visibility',
  tags,
  summary: 'Show who can see a group',
  description: 'A new group is `GLOBAL`. The list is empty if there are no groups.',
  params: byId,
  response: { 200: VisibilityInfo, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND') },
}
const setVisibility = {
  operationId: 'set_group_visibility',
  tags,
  summary: 'Set who can see a group',
  description: 'Replaces the list of groups, also if it is left out. The list is kept even if the group is `GLOBAL`.',
  params: byId,
  body: VisibilityInfo,
  response: { 200: VisibilityInfo, ...refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND') },
}

export function groupVisibility({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const viewers = createLinks(store, 'group_visibility')

  return async (app) => {
    app.get('/groups/:group_id/visibility', { schema: getVisibility }, async (request) => {
      const { organization, params } = request
      const { visibility } = readDetails(getGroup(store, organization, params.group_id))
      if (visibility === undefined) alsoDecides(request, 'visibility_at_first')
      return {
        visibility: visibility ?? 'GLOBAL',
        visibility_group_ids: viewers.ids(organization, params.group_id),
      }
    })

    app.put('/groups/:group_id/visibility', { schema: setVisibility }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        const { visibility, visibility_group_ids: ids = [] } = body
        const group = getGroup(store, organization, params.group_id)
        const visibility_group_ids = viewers.set(organization, params.group_id, ids, 'body.visibility_group_ids')
        changeDetails(store, organization, group, { visibility })
        return { visibility, visibility_group_ids }
      }),
    )
  }
}
