// The peer that a start is measured against: a bare Fastify app that opens an empty better-sqlite3 file.
import Database from 'better-sqlite3'
import Fastify from 'fastify'

const db = new Database(process.env.BENCH_DB)
const app = Fastify()
app.get(
  '/_sandbox/health',
  { schema: { response: { 200: { type: 'object', properties: { status: { type: 'string' } } } } } },
  async () => ({
    status: db.prepare('SELECT 1').get() ? 'ok' : 'down',
  }),
)
await app.listen({ host: '127.0.0.1', port: Number(process.env.BENCH_PORT) })
process.on('SIGTERM', () => process.exit(0))
