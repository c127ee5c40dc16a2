import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { nothingDecided } from '../../domain/behaviors.js'
import { userNotFound } from '../../domain/access.js'
import { Refusal } from '../../domain/refusal.js'
import type { ListedUser } from '../../store/users.js'
import { Enum, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { pageQuery, PageOf, readPage } from './paging.js'
import { takeId } from './records.js'
import { showUser, User } from './user.js'
import { createWrite } from './write.js'

const tags = ['users']
const userById = nothingDecided.plus('user_by_id')
const userByEmail = nothingDecided.plus('user_by_email')

const listUsers = {
  operationId: 'getUsers',
  tags,
  summary: 'List users',
  description: 'All users, in the order in which they were created.',
  querystring: Type.Object({
    ...pageQuery,
    tag_ids: Type.Optional(Type.Array(Uuid('A tag.'), { description: 'Only those with at least one of these tags.' })),
  }),
  response: {
    200: PageOf(User, { title: 'PaginatedUsersList', description: 'A page of users.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const getUser = {
  operationId: 'user',
  tags,
  summary: 'Find a user',
  description: 'By id or by email address; if both are given, the id decides.',
  querystring: Type.Object({
    user_id: Type.Optional(Uuid('The user.')),
    email: Type.Optional(Type.String({ description: "The user's email address, in upper or lower case." })),
  }),
  response: { 200: User, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'USER_NOT_FOUND') },
}

const byId = Type.Object({ user_id: Uuid('The user.') })

const getUserById = {
  operationId: 'getUserByID',
  tags,
  summary: 'Show a user',
  description: 'Fields without a value are left out.',
  params: byId,
  response: { 200: User, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'USER_NOT_FOUND') },
}

const whoami = {
  operationId: 'getUserWhoami',
  tags,
  summary: "Show the token's user",
  description: 'The user of the token that makes the call.',
  response: { 200: User, ...refusalResponses(...guardRefusals, 'USER_NOT_FOUND') },
}

const inviteUser = {
  operationId: 'inviteUser',
  tags,
  summary: 'Invite a user',
  description: 'Creates the user at once, without access to any group. Nobody is notified.',
  body: Type.Object(
    {
      email: Type.String({
        documentedFormat: 'email',
        pattern: '^[^\\s@]{1,64}@[^\\s@]{1,255}$',
        expects: 'an email address',
        description: 'The email address.',
        examples: ['kim@company.dev'],
      }),
      first_name: Type.String({ description: 'The first name.', examples: ['Kim'] }),
      last_name: Type.String({ description: 'The last name.', examples: ['Park'] }),
      role: Enum(['MEMBER', 'ADMIN'], {
        title: 'UserProductRoleEnum',
        description: 'The role in Opal; it is not kept, since no call shows it.',
      }),
    },
    { title: 'InviteUserInfo', description: 'A new user.' },
  ),
  response: { 200: User, ...refusalResponses(...guardRefusals, ...writeRefusals, 'USER_EXISTS') },
}

const updateUser = {
  operationId: 'updateUser',
  tags,
  summary: 'Change a user',
  description: 'Changes the given fields.',
  params: byId,
  body: Type.Object(
    {
      manager_id: Type.Optional(
        Type.Union([Uuid("The user's manager."), Type.Null()], {
          documentedNullable: true,
          description: "The user's manager; null for none.",
        }),
      ),
      position: Type.Optional(Type.String({ description: 'The position in the company.' })),
    },
    {
      title: 'UpdateUserInfo',
      description: 'The fields to change: at least one.',
      minProperties: 1,
      expects: 'an object with manager_id, position or both',
    },
  ),
  response: {
    200: User,
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'USER_NOT_FOUND', 'MANAGER_CYCLE'),
  },
}

const deleteUser = {
  operationId: 'deleteUser',
  tags,
  summary: 'Delete a user',
  description:
    "Ends all access of the user and revokes the user's tokens. Returns the user as they were. A token cannot delete its " +
    'own user.',
  params: byId,
  response: {
    200: User,
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'USER_NOT_FOUND', 'OWN_USER'),
  },
}

export function users({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.get('/users', { schema: listUsers }, async (request) => {
      const { organization, query } = request
      const { organization_id } = organization
      if (query.tag_ids) alsoDecides(request, 'tag_filter')
      const tag_ids = query.tag_ids ? JSON.stringify(query.tag_ids) : null
      return readPage(query, (range) => store.users.list({ organization_id, tag_ids, ...range }), showUser)
    })

    app.get('/user', { schema: getUser }, async (request) => {
      const { organization_id } = request.organization
      const { user_id, email } = request.query
      request.decided = userById
      if (user_id !== undefined) {
        return showUser(find(organization_id, user_id))
      }
      if (email === undefined) {
        throw invalidRequest([{ path: 'query', message: 'expected user_id or email, got neither' }])
      }
      request.decided = userByEmail
      const user = store.users.showByEmail(organization_id, email)
      if (!user) {
        throw new Refusal(
          'USER_NOT_FOUND',
          `There is no user with the email address ${JSON.stringify(email.slice(0, 200))}.`,
          {
            hint: 'GET /v1/users lists the users. A + in an address must be sent as %2B.',
          },
        )
      }
      return showUser(user)
    })

    app.get('/users/whoami', { schema: whoami }, async ({ token: { organization_id, user_id } }) =>
      showUser(find(organization_id, user_id)),
    )

    app.get('/users/:user_id', { schema: getUserById }, async ({ organization, params }) =>
      showUser(find(organization.organization_id, params.user_id)),
    )

    app.post('/users', { schema: inviteUser }, (request) =>
      write(request, () =>
        store.atomic(() => {
          const { organization, body } = request
          const { organization_id } = organization
          const { email, first_name, last_name } = body
          if (store.users.showByEmail(organization_id, email)) throw userExists(email)
          const { sequence, id: user_id } = takeId(store, organization_id, 'user')
          const full_name = `${first_name} ${last_name}`.trim()
          const details = { first_name, last_name, position: '', hr_idp_status: null, manager_id: null }
          const shown = { user_id, sequence, email, full_name, ...details }
          store.users.insert({ organization_id, alias: user_id, propagation: null, ...shown })
          return showUser(shown)
        }),
      ),
    )

    app.patch('/users/:user_id', { schema: updateUser }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        const { organization_id } = organization
        const user = find(organization_id, params.user_id)
        const { position = user.position, manager_id = user.manager_id } = body
        if (manager_id !== user.manager_id && manager_id !== null) checkManager(organization_id, user, manager_id)
        store.users.update(organization_id, user.user_id, { position, manager_id })
        return showUser({ ...user, position, manager_id })
      }),
    )

    app.delete('/users/:user_id', { schema: deleteUser }, async (request) => {
      const { organization, token, params } = request
      const { organization_id } = organization
      const { user_id } = params
      const user = await write(request, () =>
        store.atomic(() => {
          const user = find(organization_id, user_id)
          if (token.user_id === user_id) throw ownUser(user_id)
          store.users.remove(organization_id, user_id)
          store.references.remove(organization_id, 'user', user_id)
          store.tokens.revokeOfUser(organization_id, user_id, organization.moment().text)
          organization.tokenGeneration++
          return user
        }),
      )
      organizations.forgetTokens(organization)
      return showUser(user)
    })
  }

  function find(organization_id: number, user_id: string): ListedUser {
    const user = store.users.show(organization_id, user_id)
    if (!user) throw userNotFound(user_id)
    return user
  }

  /** A seed may hold a cycle, so the way up ends at the first user seen twice. */
  function checkManager(organization_id: number, { user_id }: ListedUser, manager_id: string) {
    const seen = new Set<string>()
    for (let id: string | null = manager_id; id !== null && !seen.has(id);) {
      if (id === user_id) throw managerCycle(user_id, manager_id)
      seen.add(id)
      const manager = store.users.show(organization_id, id)
      if (!manager) throw invalidRequest([{ path: 'body.manager_id', message: `there is no user ${id}` }])
      id = manager.manager_id
    }
  }
}

function userExists(email: string): Refusal {
  return new Refusal('USER_EXISTS', `There is already a user with the email address ${JSON.stringify(email)}.`, {
    hint: `GET /v1/user?email=${encodeURIComponent(email)} shows the user.`,
  })
}

function managerCycle(user_id: string, manager_id: string): Refusal {
  return new Refusal(
    'MANAGER_CYCLE',
    `User ${user_id} cannot be managed by ${manager_id}: they would manage themselves.`,
    {
      hint: 'Choose a manager who does not report to the user.',
    },
  )
}

function ownUser(user_id: string): Refusal {
  return new Refusal('OWN_USER', `User ${user_id} owns the token of this call, and cannot be deleted with it.`, {
    hint: "Use another user's token.",
  })
}
