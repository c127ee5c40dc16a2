import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { TargetNoun } from '../../domain/target.js'
import { VisibilityInfoSchema } from '../../schemas/visibility.js'
import type { Deps } from '../deps.js'
import { alsoDecides } from './decided.js'
import { createLinks } from './links.js'
import { createTarget } from './target.js'
import { createWrite } from './write.js'

/** Who can see a group or a resource. */
export function targetVisibility({ store, organizations }: Deps, noun: TargetNoun): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const target = createTarget(store, noun)
  const viewers = createLinks(store, `${noun}_visibility`)
  const { tags, params, path } = target

  const getVisibility = {
    operationId: `get_${noun}_visibility`,
    tags,
    summary: `Show who can see a ${noun}`,
    description: `A new ${noun} is \`GLOBAL\`. The list is empty if there are no groups.`,
    params,
    response: { 200: VisibilityInfoSchema, ...target.reads },
  }
  const setVisibility = {
    operationId: `set_${noun}_visibility`,
    tags,
    summary: `Set who can see a ${noun}`,
    description: `Replaces the list of groups, also if it is left out. The list is kept even if the ${noun} is \`GLOBAL\`.`,
    params,
    body: VisibilityInfoSchema,
    response: { 200: VisibilityInfoSchema, ...target.writes },
  }

  return async (app) => {
    app.get(`${path}/visibility`, { schema: getVisibility }, async (request) => {
      const { organization } = request
      const id = target.idOf(request)
      const { visibility } = target.details(organization, id)
      if (visibility === undefined) alsoDecides(request, 'visibility_at_first')
      return { visibility: visibility ?? 'GLOBAL', visibility_group_ids: viewers.ids(organization, id) }
    })

    app.put(`${path}/visibility`, { schema: setVisibility }, (request) =>
      write(request, () => {
        const { organization, body } = request
        const { visibility, visibility_group_ids: ids = [] } = body
        const id = target.idOf(request)
        target.check(organization, id)
        const visibility_group_ids = viewers.set(organization, id, ids, 'body.visibility_group_ids')
        target.change(organization, id, { visibility })
        return { visibility, visibility_group_ids }
      }),
    )
  }
}
