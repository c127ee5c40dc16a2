import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { userNotFound } from '../../domain/access.js'
import { Refusal, type RefusalCode } from '../../domain/refusal.js'
import { targetNouns, type TargetNoun } from '../../domain/target.js'
import { Tag } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides, showDates } from './decided.js'
import { createLinks } from './links.js'
import { createRecords } from './records.js'
import { createTarget } from './target.js'
import { createWrite } from './write.js'

const tags = ['tags']
const TagsList = Type.Object(
  { tags: Type.Array(Tag) },
  { title: 'TagsList', description: 'Tags.', additionalProperties: false },
)
/** Older clients send an empty object. */
const EmptyBody = Type.Union([Type.Object({}, { description: 'Empty.' }), Type.Null()])

interface Organization {
  organization_id: number
}

/** What can have tags. */
interface Tagged {
  noun: 'user' | TargetNoun
  notFound: RefusalCode
  /** Throws if there is no such thing. */
  check: (organization: Organization, id: string) => void
}

/** The tags of users, groups and resources. */
export function tagging({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const records = createRecords(store, 'tag')
  const write = createWrite({ store, organizations })

  return async (app) => {
    await app.register(
      tagsOf({
        noun: 'user',
        notFound: 'USER_NOT_FOUND',
        check: ({ organization_id }, id) => {
          if (!store.users.exists(organization_id, id)) throw userNotFound(id)
        },
      }),
    )
    for (const noun of targetNouns) {
      await app.register(
        tagsOf({
          noun,
          notFound: noun === 'group' ? 'GROUP_NOT_FOUND' : 'RESOURCE_NOT_FOUND',
          check: createTarget(store, noun).check,
        }),
      )
    }
  }

  function tagsOf({ noun, notFound, check }: Tagged): FastifyPluginAsyncTypebox {
    const links = createLinks(store, `${noun}_tag`)
    const id = `${noun}_id` as const
    const Id = Uuid(`The ${noun}.`)
    const both = Type.Object({ tag_id: Uuid('The tag.'), [id]: Id })
    const writes = [...guardRefusals, ...writeRefusals, 'TAG_NOT_FOUND', notFound] as const

    const list = {
      operationId: `get_${noun}_tags`,
      tags,
      summary: `List the tags of a ${noun}`,
      description: 'In the order in which they were added.',
      params: Type.Object({ [id]: Id }),
      response: { 200: TagsList, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', notFound) },
    }
    const add = {
      operationId: `add_${noun}_tag`,
      tags,
      summary: `Add a tag to a ${noun}`,
      description: `No effect if the ${noun} has it already.`,
      params: both,
      ...(noun === 'user' && { body: EmptyBody }),
      response: { 200: NoContent(`The ${noun} has the tag; the body is empty.`), ...refusalResponses(...writes) },
    }
    const remove = {
      operationId: `remove_${noun}_tag`,
      tags,
      summary: `Remove a tag from a ${noun}`,
      description: 'The tag itself stays.',
      params: both,
      response: {
        200: NoContent(`The ${noun} no longer has the tag; the body is empty.`),
        ...refusalResponses(...writes),
      },
    }

    return async (app) => {
      app.get(`/${noun}s/:${id}/tags`, { schema: list }, async (request) => {
        const { organization, params } = request
        const { [id]: target = '' } = params
        check(organization, target)
        const found = links.ids(organization, target).map((tag_id) => records.get(organization, tag_id))
        return { tags: found.map((tag) => showDates(request, tag, ['created_at', 'updated_at'])) }
      })

      app.post(`/tags/:tag_id/${noun}s/:${id}`, { schema: add }, async (request, reply) => {
        const { organization, params } = request
        await write(request, () => {
          const { tag_id, target } = ends(organization, params)
          if (links.has(organization, target, tag_id)) alsoDecides(request, 'tag_added_before')
          else links.put(organization, target, tag_id)
        })
        return reply.send(undefined)
      })

      app.delete(`/tags/:tag_id/${noun}s/:${id}`, { schema: remove }, async (request, reply) => {
        const { organization, params } = request
        await write(request, () => {
          const { tag_id, target } = ends(organization, params)
          if (!links.remove(organization, target, tag_id)) throw notTagged(`${noun} ${target}`, tag_id)
        })
        return reply.send(undefined)
      })
    }

    function ends(organization: Organization, params: Record<string, string>) {
      const { tag_id = '', [id]: target = '' } = params
      records.get(organization, tag_id)
      check(organization, target)
      return { tag_id, target }
    }
  }
}

function notTagged(what: string, tag_id: string): Refusal {
  return new Refusal('TAG_NOT_FOUND', `There is no tag ${tag_id} on ${what}.`, {
    hint: 'GET /v1/users/{user_id}/tags, /v1/groups/{group_id}/tags and /v1/resources/{resource_id}/tags list the tags.',
  })
}
