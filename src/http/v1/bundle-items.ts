import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { Refusal } from '../../domain/refusal.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { createLinks } from './links.js'
import { CountedPageOf, pageQuery } from './paging.js'
import { checkIds, createRecords } from './records.js'
import { createWrite } from './write.js'

const tags = ['bundles']
const level = {
  access_level_name: Type.Optional(Type.String({ description: 'The name of its level; empty for the default level.' })),
  access_level_remote_id: Type.Optional(Type.String({ description: 'Its level; empty for the default level.' })),
}
const { access_level_remote_id } = level

interface Level {
  access_level_name?: string
  access_level_remote_id?: string
}

/** The resources and groups of bundles. */
export function bundleItems(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(itemsOf(deps, 'resource'))
    await app.register(itemsOf(deps, 'group'))
  }
}

function itemsOf({ store, organizations }: Deps, noun: 'resource' | 'group'): FastifyPluginAsyncTypebox {
  const bundles = createRecords(store, 'bundle')
  const links = createLinks(store, `bundle_${noun}`)
  const write = createWrite({ store, organizations })
  const name = noun === 'resource' ? 'Resource' : 'Group'
  const id = `${noun}_id` as const
  const listed = `bundle_${noun}s` as const
  const byId = Type.Object({ bundle_id: Uuid('The bundle.') })
  const notFound = refusalResponses(...guardRefusals, ...writeRefusals, 'RECORD_NOT_FOUND')

  const Item = Type.Object(
    {
      bundle_id: Type.Optional({ ...Uuid('The bundle.'), readOnly: true }),
      [id]: Type.Optional({ ...Uuid(`The ${noun}.`), readOnly: true }),
      ...level,
    },
    { title: `Bundle${name}`, description: `A ${noun} of a bundle.`, additionalProperties: false },
  )
  const added = Type.Object({ [id]: Uuid(`The ${noun}.`), ...level }, { description: `A ${noun} and a level.` })

  const list = {
    operationId: `getBundle${name}s`,
    tags,
    summary: `List the ${noun}s of a bundle`,
    description: 'In the order in which they were added.',
    params: byId,
    querystring: Type.Object(pageQuery),
    response: {
      200: CountedPageOf(listed, Item, {
        title: `PaginatedBundle${name}List`,
        description: `A page of ${noun}s of a bundle.`,
      }),
      ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'RECORD_NOT_FOUND'),
    },
  }
  const add = {
    operationId: `addBundle${name}`,
    tags,
    summary: `Add a ${noun} to a bundle`,
    description: `Replaces the level of a ${noun} that it has already.`,
    params: byId,
    // Opal requires the one and not the other.
    body: noun === 'group' ? added : Type.Union([added, Type.Null()]),
    response: { 201: Item, ...notFound },
  }
  const remove = {
    operationId: `removeBundle${name}`,
    tags,
    summary: `Remove a ${noun} from a bundle`,
    description: 'Whatever its level, if none is given.',
    params: Type.Object({ bundle_id: Uuid('The bundle.'), [id]: Uuid(`The ${noun}.`) }),
    querystring: Type.Object({ access_level_remote_id }),
    response: { 200: NoContent(`The bundle no longer has the ${noun}; the body is empty.`), ...notFound },
  }

  return async (app) => {
    app.get(`/bundles/:bundle_id/${noun}s`, { schema: list }, async ({ organization, params, query }) => {
      const { bundle_id } = bundles.get(organization, params.bundle_id)
      const { results, ...page } = links.page(organization, bundle_id, query, ({ to_id, ...access }) =>
        show(bundle_id, to_id, access),
      )
      const total_count = links.ids(organization, bundle_id).length
      return { [listed]: results, ...page, total_count }
    })

    app.post(`/bundles/:bundle_id/${noun}s`, { schema: add }, async (request, reply) => {
      const answer = await write(request, () => {
        const { organization, params } = request
        const { [id]: target = '', ...access } = (request.body ?? {}) as Level & Record<string, string>
        const { bundle_id } = bundles.get(organization, params.bundle_id)
        checkIds(store, organization, noun, { [`body.${id}`]: target })
        links.put(organization, bundle_id, target, access)
        return show(bundle_id, target, access)
      })
      return reply.status(201).send(answer)
    })

    app.delete(`/bundles/:bundle_id/${noun}s/:${id}`, { schema: remove }, async (request, reply) => {
      const { organization, query } = request
      const { bundle_id = '', [id]: target = '' } = request.params as Record<string, string>
      await write(request, () => {
        bundles.get(organization, bundle_id)
        const found = links.find(organization, bundle_id, target)
        const { access_level_remote_id: level = '' } = found ?? {}
        if (!found || (query.access_level_remote_id ?? level) !== level) throw notInBundle(noun, bundle_id, target)
        links.remove(organization, bundle_id, target)
      })
      return reply.send(undefined)
    })
  }

  function show(bundle_id: string, target: string, { access_level_name = '', access_level_remote_id = '' }: Level) {
    return { bundle_id, [id]: target, access_level_name, access_level_remote_id }
  }
}

function notInBundle(noun: string, bundle_id: string, target: string): Refusal {
  return new Refusal('RECORD_NOT_FOUND', `There is no ${noun} ${target} at this level in bundle ${bundle_id}.`, {
    hint: `GET /v1/bundles/${bundle_id}/${noun}s lists what it has.`,
  })
}
