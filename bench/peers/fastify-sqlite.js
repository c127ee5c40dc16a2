// The least that a start could be: a Fastify app with a typed route that opens an empty better-sqlite3 file.
import Database from 'better-sqlite3'
import Fastify from 'fastify'

const db = new Database(process.env.DB)
const app = Fastify()
app.get(
  '/_sandbox/health',
  { schema: { response: { 200: { type: 'object', properties: { status: { type: 'string' } } } } } },
  async () => ({ status: db.prepare('SELECT 1').get() ? 'ok' : 'down' }),
)
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
