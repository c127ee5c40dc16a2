import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { Refusal } from '../../domain/refusal.js'
import { Owner } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { bulkBodyLimit, guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { createLinks } from './links.js'
import { pageQuery, PageOf } from './paging.js'
import { checkIds, createRecords } from './records.js'
import { showUser, User } from './user.js'
import { createWrite } from './write.js'

const tags = ['owners']
const byId = Type.Object({ owner_id: Uuid('The owner.') })
const { name, description, access_request_escalation_period, source_group_id } = Owner.properties
/** An empty one removes it. */
const reviewer_message_channel_id = Type.Optional(
  Type.Union([Type.Literal(''), Uuid('')], {
    documentedSchema: Type.String({
      description: 'The id of the channel in which its reviewers are notified; empty for none.',
    }),
  }),
)
const user_ids = Type.Array(Uuid('A user.'), { description: 'Its users, in order.', maxItems: 10_000 })

const CreateOwnerInfo = Type.Object(
  { name, description, access_request_escalation_period, user_ids, reviewer_message_channel_id, source_group_id },
  { title: 'CreateOwnerInfo', description: 'A new owner.' },
)
const UpdateOwnerInfo = Type.Object(
  {
    owner_id: Uuid('The owner.'),
    name: Type.Optional(name),
    ...{ description, access_request_escalation_period, reviewer_message_channel_id, source_group_id },
  },
  { title: 'UpdateOwnerInfo', description: 'The fields to change.' },
)
const UpdateOwnerInfoList = Type.Object(
  { owners: Type.Array(UpdateOwnerInfo, { description: 'The owners to change.', maxItems: 10_000 }) },
  { title: 'UpdateOwnerInfoList', description: 'Changes to owners.' },
)
const UserList = Type.Object(
  { users: Type.Array(User) },
  { title: 'UserList', description: 'Users.', additionalProperties: false },
)
const reads = [...guardRefusals, 'INVALID_REQUEST', 'OWNER_NOT_FOUND'] as const
const writes = [...guardRefusals, ...writeRefusals, 'OWNER_NOT_FOUND'] as const

const listOwners = {
  operationId: 'get_owners',
  tags,
  summary: 'List owners',
  description: 'In the order in which they were created.',
  querystring: Type.Object({
    ...pageQuery,
    name: Type.Optional(Type.String({ description: 'Only those with exactly this name.' })),
  }),
  response: {
    200: PageOf(Owner, { title: 'PaginatedOwnersList', description: 'A page of owners.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}
const createOwner = {
  operationId: 'createOwner',
  tags,
  summary: 'Create an owner',
  description: 'With its users, in order.',
  body: CreateOwnerInfo,
  response: { 200: Owner, ...refusalResponses(...guardRefusals, ...writeRefusals) },
}
const updateOwners = {
  operationId: 'updateOwners',
  tags,
  summary: 'Change owners',
  description: 'Changes the given fields. If one of the owners is not found, none is changed.',
  body: UpdateOwnerInfoList,
  response: { 200: UpdateOwnerInfoList, ...refusalResponses(...writes) },
}
const getOwner = {
  operationId: 'getOwner',
  tags,
  summary: 'Show an owner',
  description: 'Fields without a value are left out.',
  params: byId,
  response: { 200: Owner, ...refusalResponses(...reads) },
}
const getOwnerByName = {
  operationId: 'getOwnerFromName',
  tags,
  summary: 'Find an owner by name',
  description: 'The first one with exactly this name.',
  params: Type.Object({ owner_name: Type.String({ description: 'The name.' }) }),
  response: { 200: Owner, ...refusalResponses(...reads) },
}
const deleteOwner = {
  operationId: 'delete_owner',
  tags,
  summary: 'Delete an owner',
  description: 'Unless something still refers to it: a setting chooses whether it is deleted then.',
  params: byId,
  response: { 200: NoContent('The owner is gone; the body is empty.'), ...refusalResponses(...writes, 'OWNER_IN_USE') },
}
const getOwnerUsers = {
  operationId: 'get_owner_users',
  tags,
  summary: 'List the users of an owner',
  description: 'In order.',
  params: byId,
  response: { 200: UserList, ...refusalResponses(...reads) },
}
const setOwnerUsers = {
  operationId: 'set_owner_users',
  tags,
  summary: 'Replace the users of an owner',
  description: 'In the given order.',
  params: byId,
  body: Type.Object({ user_ids }, { title: 'UserIDList', description: 'Users, in order.' }),
  response: { 200: UserList, ...refusalResponses(...writes) },
}

export function owners({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const records = createRecords(store, 'owner')
  const members = createLinks(store, 'owner_user')

  return async (app) => {
    app.get('/owners', { schema: listOwners }, async ({ organization, query }) => {
      const { name } = query
      return records.page(organization, query, name === undefined ? undefined : (owner) => owner.name === name)
    })

    app.post('/owners', { schema: createOwner, bodyLimit: bulkBodyLimit }, (request) =>
      write(request, () =>
        store.atomic(() => {
          const { organization } = request
          const { user_ids, ...fields } = request.body
          checkReferences(organization, fields, 'body')
          const owner = records.create(organization, withoutEmpty(fields))
          members.set(organization, owner.owner_id, user_ids, 'body.user_ids')
          return owner
        }),
      ),
    )

    app.put('/owners', { schema: updateOwners, bodyLimit: bulkBodyLimit }, (request) =>
      write(request, () =>
        store.atomic(() => ({
          owners: request.body.owners.map(({ owner_id, ...fields }, index) => {
            const { organization } = request
            checkReferences(organization, fields, `body.owners[${index}]`)
            return records.update(organization, owner_id, withoutEmpty(fields))
          }),
        })),
      ),
    )

    app.get('/owners/:owner_id', { schema: getOwner }, async ({ organization, params }) =>
      records.get(organization, params.owner_id),
    )

    app.get(
      '/owners/name/:owner_name',
      { schema: getOwnerByName },
      async ({ organization, params: { owner_name } }) => {
        const [owner] = records.list(organization, ({ name }) => name === owner_name)
        if (!owner) throw records.missing(`named ${JSON.stringify(owner_name.slice(0, 200))}`)
        return owner
      },
    )

    app.delete('/owners/:owner_id', { schema: deleteOwner }, async (request, reply) => {
      const { organization, params } = request
      const { owner_id } = params
      await write(request, () => {
        records.get(organization, owner_id)
        const user = store.references.find(organization.organization_id, owner_id)
        if (user !== undefined) {
          if (organization.settings.owner_in_use === 'conflict') throw ownerInUse(owner_id, user)
          alsoDecides(request, 'owner_in_use_deleted')
        }
        records.remove(organization, owner_id)
      })
      return reply.send(undefined)
    })

    app.get('/owners/:owner_id/users', { schema: getOwnerUsers }, async ({ organization, params: { owner_id } }) => {
      records.get(organization, owner_id)
      return { users: usersOf(organization, owner_id) }
    })

    app.put('/owners/:owner_id/users', { schema: setOwnerUsers, bodyLimit: bulkBodyLimit }, (request) =>
      write(request, () =>
        store.atomic(() => {
          const { organization, params, body } = request
          const { owner_id } = params
          records.get(organization, owner_id)
          members.set(organization, owner_id, body.user_ids, 'body.user_ids')
          return { users: usersOf(organization, owner_id) }
        }),
      ),
    )
  }

  function usersOf(organization: { organization_id: number }, owner_id: string) {
    return members.ids(organization, owner_id).flatMap((user_id) => {
      const user = store.users.show(organization.organization_id, user_id)
      return user ? [showUser(user)] : []
    })
  }

  type References = Pick<Partial<(typeof CreateOwnerInfo)['static']>, 'reviewer_message_channel_id' | 'source_group_id'>

  function checkReferences(
    organization: { organization_id: number },
    { reviewer_message_channel_id: channel = '', source_group_id: group }: References,
    path: string,
  ) {
    if (channel !== '') {
      checkIds(store, organization, 'message_channel', { [`${path}.reviewer_message_channel_id`]: channel })
    }
    if (group !== undefined) checkIds(store, organization, 'group', { [`${path}.source_group_id`]: group })
  }
}

function withoutEmpty<Fields extends { reviewer_message_channel_id?: string }>(fields: Fields): Fields {
  return fields.reviewer_message_channel_id === '' ? { ...fields, reviewer_message_channel_id: undefined } : fields
}

function ownerInUse(owner_id: string, user: string): Refusal {
  return new Refusal('OWNER_IN_USE', `Owner ${owner_id} is still in use: ${user} refers to it.`, {
    hint: 'Give what refers to it another owner first, or set owner_in_use to "delete".',
  })
}
