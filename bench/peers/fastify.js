// What Fastify alone can do with the same schemas: its own validation and serialization, no token, no storage.
import Fastify from 'fastify'
import { groupUser, page } from '../fixtures.js'

const text = { type: 'string' }
const uuid = { type: 'string', format: 'uuid' }
const params = { type: 'object', required: ['group_id', 'user_id'], properties: { group_id: uuid, user_id: uuid } }
const body = {
  type: 'object',
  required: ['duration_minutes'],
  properties: { duration_minutes: { type: 'integer', maximum: 525_960 }, access_level_remote_id: text },
}
const GroupUser = {
  type: 'object',
  required: ['group_id', 'user_id', 'full_name', 'email', 'group_name', 'description'],
  properties: {
    group_id: uuid,
    group_name: text,
    description: text,
    user_id: uuid,
    access_level: { type: 'object', properties: { access_level_name: text, access_level_remote_id: text } },
    full_name: text,
    email: text,
    expiration_date: { type: ['string', 'null'] },
    propagation_status: { type: 'object', properties: { status: text } },
  },
}
const answer = groupUser()
const wholePage = page()

const app = Fastify()
app.put(
  '/v1/groups/:group_id/users/:user_id',
  { schema: { params, body, response: { 200: GroupUser } } },
  async (request) => ({
    ...answer,
    group_id: request.params.group_id,
    user_id: request.params.user_id,
    expiration_date: request.body.duration_minutes === 0 ? null : answer.expiration_date,
  }),
)
app.get('/v1/groups/:group_id/users', async () => wholePage)
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
