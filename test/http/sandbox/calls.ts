import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import supertest from 'supertest'
import type { OpenSandboxOptions } from '../../../src/sandbox.js'

/** Options of a sandbox whose clock runs, as no moment was named for it. */
export const running = { now: undefined } as unknown as OpenSandboxOptions

export interface Opened {
  app: FastifyInstance
}

/** Calls with a token. */
export function as({ app }: Opened, token: string) {
  return supertest.agent(app.server).auth(token, { type: 'bearer' })
}

/** Calls with no token. */
export function anonymous({ app }: Opened) {
  return supertest.agent(app.server)
}

/** One call without a socket: what there is to say of it, or a throw where it is not a 200. */
export async function call({ app }: Opened, token: string, method: string, url: string, body?: object) {
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { payload: body }),
  })
  if (answer.statusCode !== 200) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
  return answer.body === '' ? undefined : (JSON.parse(answer.body) as unknown)
}

interface Page {
  results: Record<string, string>[]
  next: string | null
}

/** All results of a list, read by its cursors, which are not part of the answer: they are places of their own. */
async function readList(opened: Opened, token: string, path: string) {
  const results: Page['results'] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = (await call(opened, token, 'GET', `${path}?page_size=7&cursor=${cursor}`)) as Page
    results.push(...page.results)
    cursor = page.next
  }
  return results
}

/** What every list and every read of the API answers. */
export async function readApi(opened: Opened, token: string) {
  const read: Record<string, unknown> = {}
  for (const path of ['/v1/groups', '/v1/users', '/v1/tokens', '/v1/owners'])
    read[path] = await readList(opened, token, path)
  const groups = read['/v1/groups'] as Page['results']
  for (const { group_id = '' } of groups) {
    read[`group ${group_id}`] = await call(opened, token, 'GET', `/v1/groups/${group_id}`)
    for (const part of ['visibility', 'containing-groups']) {
      read[`${part} of ${group_id}`] = await call(opened, token, 'GET', `/v1/groups/${group_id}/${part}`)
    }
    read[`users of ${group_id}`] = await readList(opened, token, `/v1/groups/${group_id}/users`)
  }
  for (const { owner_id = '' } of read['/v1/owners'] as Page['results']) {
    read[`users of ${owner_id}`] = await call(opened, token, 'GET', `/v1/owners/${owner_id}/users`)
  }
  const users = read['/v1/users'] as Page['results']
  for (const { user_id = '', email = '' } of users) {
    read[`user ${user_id}`] = await call(opened, token, 'GET', `/v1/user?user_id=${user_id}`)
    read[`user ${email}`] = await call(opened, token, 'GET', `/v1/user?email=${encodeURIComponent(email)}`)
    // Any call that names one of these in its path is made to fail.
    if (user_id.startsWith('00000000-0000-4000-a000-')) continue
    read[`groups of ${user_id}`] = await readList(opened, token, `/v1/groups/users/${user_id}`)
  }
  return read
}

/** What the control plane tells of an organization. */
export async function readControl(opened: Opened, token: string) {
  const read: Record<string, unknown> = {}
  for (const name of ['clock', 'seed', 'settings', 'snapshots', 'magic']) {
    read[name] = await call(opened, token, 'GET', `/_sandbox/${name}`)
  }
  read.faults = await call(opened, token, 'GET', '/_sandbox/faults')
  return read
}

/** The journal of what was added: to read the API is in the journal too. */
export function readJournal(opened: Opened, token: string) {
  return call(opened, token, 'GET', '/_sandbox/requests?operation=add_group_user')
}

/** Sends the head of a request and half of its body, and answers once the server has begun with it. */
export async function holdRequest({ app }: Opened, port: number, token: string, head: string, body: string) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const begun = once(app.server, 'request') as Promise<[IncomingMessage, ServerResponse]>
  const half = Math.floor(body.length / 2)
  socket.write(
    `${head} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.slice(0, half)}`,
  )
  const [, response] = await begun
  const closed = once(response, 'close')
  return {
    /** Sends the rest. Answers the status. */
    async finish(): Promise<number> {
      socket.write(body.slice(half))
      const text = await readAll(socket)
      await closed
      return Number(text.split(' ')[1])
    },
    async cut() {
      socket.destroy()
      await closed
    },
  }
}

async function readAll(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}
