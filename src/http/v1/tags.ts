import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import { Tag } from '../../schemas/records.js'
import { findTextProblems } from '../../schemas/text.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides, showDates } from './decided.js'
import { pageQuery, PageOf } from './paging.js'
import { createRecords } from './records.js'
import { createWrite } from './write.js'

const tags = ['tags']
const byId = Type.Object({ tag_id: Uuid('The tag.') })
const tag_key = Type.String({ description: 'The key.' })
const tag_value = Type.Optional(Type.String({ description: 'The value.' }))
const deprecated = { deprecated: true }

const listTags = {
  operationId: 'getTags',
  tags,
  summary: 'List tags',
  description: 'All tags, in the order in which they were created.',
  querystring: Type.Object(pageQuery),
  response: {
    200: PageOf(Tag, { title: 'PaginatedTagsList', description: 'A page of tags.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}
const findTag = {
  operationId: 'get_tag',
  tags,
  summary: 'Find a tag by key and value',
  description: 'Without a value, the tag with this key that has none.',
  querystring: Type.Object({ tag_key, tag_value }),
  response: { 200: Tag, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'TAG_NOT_FOUND') },
}
const createTag = {
  operationId: 'create_tag',
  tags,
  summary: 'Create a tag',
  description: 'Its key and value come from the body, or from the query if there is none.',
  querystring: Type.Object({
    tag_key: Type.Optional({ ...tag_key, ...deprecated }),
    tag_value: Type.Optional({ ...tag_value, ...deprecated }),
    admin_owner_id: Type.Optional({ ...Uuid('Has no effect.'), ...deprecated }),
  }),
  body: Type.Union([
    Type.Object({ tag_key, tag_value }, { title: 'CreateTagInfo', description: 'A new tag.' }),
    Type.Null(),
  ]),
  response: { 200: Tag, ...refusalResponses(...guardRefusals, ...writeRefusals, 'TAG_EXISTS') },
}
const getTag = {
  operationId: 'get_tag_by_ID',
  tags,
  summary: 'Show a tag',
  description: 'Fields without a value are left out.',
  params: byId,
  response: { 200: Tag, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'TAG_NOT_FOUND') },
}
const deleteTag = {
  operationId: 'delete_tag_by_ID',
  tags,
  summary: 'Delete a tag',
  description: 'Users, groups and resources lose it.',
  params: byId,
  response: {
    200: NoContent('The tag is gone; the body is empty.'),
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'TAG_NOT_FOUND'),
  },
}

export function tagRoutes({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const records = createRecords(store, 'tag')
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.get('/tags', { schema: listTags }, async (request) => {
      const page = records.page(request.organization, request.query)
      return { ...page, results: page.results.map((tag) => showTag(request, tag)) }
    })

    app.get('/tag', { schema: findTag }, async (request) => {
      const { tag_key, tag_value = '' } = request.query
      if (tag_value === '') alsoDecides(request, 'tag_without_value')
      const tag = find(request.organization, tag_key, tag_value)
      if (!tag) throw records.missing(`with ${named(tag_key, tag_value)}`)
      return showTag(request, tag)
    })

    app.post('/tag', { schema: createTag }, (request) => {
      const { organization, token, body, query } = request
      const { tag_key, tag_value } = body ?? query
      if (tag_key === undefined) throw invalidRequest([{ path: 'body.tag_key', message: 'expected a string' }])
      if (!body) {
        // A seed can hold only what is checked in bodies.
        const problems = findTextProblems(query, 'query', maxProblems)
        if (problems.length > 0) throw invalidRequest(problems)
        alsoDecides(request, 'tag_query_read')
      }
      return write(request, () =>
        store.atomic(() => {
          const existing = find(organization, tag_key, tag_value)
          if (existing) {
            if (organization.settings.existing_tag === 'conflict') throw tagExists(existing.tag_id, tag_key, tag_value)
            alsoDecides(request, 'tag_returned')
            return showTag(request, existing)
          }
          const now = organization.moment().text
          const tag = records.create(organization, {
            key: tag_key,
            ...(tag_value !== undefined && { value: tag_value }),
            ...{ created_at: now, updated_at: now, user_creator_id: token.user_id },
          })
          return showTag(request, tag)
        }),
      )
    })

    app.get('/tag/:tag_id', { schema: getTag }, async (request) =>
      showTag(request, records.get(request.organization, request.params.tag_id)),
    )

    app.delete('/tag/:tag_id', { schema: deleteTag }, async (request, reply) => {
      const { organization, params } = request
      await write(request, () => store.atomic(() => records.remove(organization, params.tag_id)))
      return reply.send(undefined)
    })
  }

  /** No value and an empty one are the same. */
  function find(organization: { organization_id: number }, tag_key: string, tag_value = '') {
    return records.list(organization, ({ key, value = '' }) => key === tag_key && value === tag_value)[0]
  }
}

function showTag<Item extends Static<typeof Tag>>(request: FastifyRequest, tag: Item): Item {
  return showDates(request, tag, ['created_at', 'updated_at'])
}

function named(key: string, value = ''): string {
  const quoted = [key, value].map((text) => JSON.stringify(text.slice(0, 200)))
  return value === '' ? `the key ${quoted[0]} and no value` : `the key ${quoted[0]} and the value ${quoted[1]}`
}

function tagExists(tag_id: string, key: string, value: string | undefined): Refusal {
  return new Refusal('TAG_EXISTS', `There is already a tag with ${named(key, value)}: ${tag_id}.`, {
    hint: 'GET /v1/tag finds it. The setting existing_tag chooses whether it is returned instead.',
  })
}
