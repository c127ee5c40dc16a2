import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../folder.js'
import { groupUserPath, ids, now, tokens } from '../helper.js'
import { call, seedFile, start } from './command.js'

const rounds = 10
const userCount = 50
const connections = 16

const userIds = Array.from(
  { length: userCount },
  (_, index) => `0d000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
)

const seed = `
version: 1
users:
${userIds.map((id, index) => `  u${index}: { user_id: ${id}, email: u${index}@company.dev, full_name: User ${index} }`).join('\n')}
groups:
  all: { group_id: ${ids.plainGroup}, name: All, group_type: OPAL_GROUP }
group_users:
${userIds.map((_id, index) => `  - { group: all, user: u${index} }`).join('\n')}
`

/** What is known of the access of one user. Each write has a duration of its own, by which it is known again. */
interface Known {
  /** The last one that was answered; 0 is what the seed says. */
  answered: number
  /** One that was sent after it and not answered. */
  sent: number | undefined
}

/** Every user's access as the sandbox shows it, in minutes from its clock, which stands still; 0 is for ever. */
async function readMinutes(base_url: string): Promise<Map<string, number>> {
  const { body } = await call(`${base_url}/groups/${ids.plainGroup}/users`)
  const { results } = body as { results: { user_id: string; expiration_date: string | null }[] }
  return new Map(
    results.map(({ user_id, expiration_date }) => [
      user_id,
      expiration_date === null ? 0 : (Date.parse(expiration_date) - now) / 60_000,
    ]),
  )
}

/** Writes on all connections at once until they break. Each user belongs to one connection, so their writes have an order. */
async function writeUntilItBreaks(
  url: string,
  known: Map<string, Known>,
  nextMinutes: () => number,
  answered: () => void,
) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  onTestFinished(() => {
    agent.destroy()
  })

  async function put(user_id: string, duration_minutes: number): Promise<number | undefined> {
    const headers = { authorization: `Bearer ${tokens.fullAccess}`, 'content-type': 'application/json' }
    const sent = request(url + groupUserPath(ids.plainGroup, user_id), { agent, method: 'PUT', headers })
    sent.end(JSON.stringify({ duration_minutes }))
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    await text(answer)
    return answer.statusCode
  }

  async function work(users: string[]) {
    for (;;) {
      const user_id = users[Math.floor(Math.random() * users.length)]!
      const minutes = nextMinutes()
      const access = known.get(user_id)!
      access.sent = minutes
      const status = await put(user_id, minutes).catch(() => undefined)
      if (status === undefined) return
      expect(status).toBe(200)
      known.set(user_id, { answered: minutes, sent: undefined })
      answered()
    }
  }

  await Promise.all(
    Array.from({ length: connections }, (_, index) =>
      work(userIds.filter((_id, user) => user % connections === index)),
    ),
  )
}

test(`after each of ${rounds} crashes under load, every answered write is there`, async () => {
  const cwd = temporaryFolder()
  const args = ['--now', new Date(now).toISOString(), '--log-level', 'silent', '--seed', seedFile(seed)]
  const known = new Map<string, Known>(userIds.map((id) => [id, { answered: 0, sent: undefined }]))
  let minutes = 0

  for (let round = 1; round <= rounds; round++) {
    const { url, stop } = await start(args, { cwd })
    const crashAfter = 1 + Math.floor(Math.random() * 1500)
    let answers = 0
    let crashed: Promise<unknown> | undefined
    await writeUntilItBreaks(
      url,
      known,
      () => ++minutes,
      () => {
        if (++answers === crashAfter) crashed = stop('SIGKILL')
      },
    )
    await crashed

    const again = await start(args, { cwd })
    const shown = await readMinutes(again.base_url)
    await again.stop('SIGKILL')
    const lost = [...known]
      .map(([user_id, access]) => ({ user_id, ...access, shown: shown.get(user_id) }))
      .filter(({ answered, sent, shown }) => shown !== answered && (sent === undefined || shown !== sent))
    expect(lost, `round ${round}, killed after ${crashAfter} answers`).toEqual([])
    for (const [user_id, answered] of shown) known.set(user_id, { answered, sent: undefined })
  }
})
