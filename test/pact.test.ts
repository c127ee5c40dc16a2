import { Verifier } from '@pact-foundation/pact-core'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { groupUserPath, ids, requestId, temporaryFolder, tokens } from './helper.js'
import { listening } from './http/wire.js'

// Pact would report each verification to its makers.
process.env.PACT_DO_NOT_TRACK = 'true'

interface Interaction {
  description: string
  providerStates: { name: string; params?: object }[]
  request: { method: string; path: string; headers?: object; body?: object }
  response: { status: number; body?: object }
}

const path = groupUserPath(ids.apiGroup, ids.noor)
const noor = { group_id: ids.apiGroup, user_id: ids.noor }
const unknown = 'abababab-abab-4bab-8bab-abababababab'
const anHour = { duration_minutes: 60 }

function interaction(
  [name, params]: [name: string, params?: object],
  request: [method: string, path: string, body?: object],
  [status, body]: [status: number, body?: object],
): Interaction {
  const [method, url, sent] = request
  return {
    description: `${method} ${url} while ${name}`,
    providerStates: [{ name, ...(params && { params }) }],
    request: { method, path: url, ...(sent && { headers: { 'content-type': 'application/json' }, body: sent }) },
    response: { status, ...(body && { body }) },
  }
}

const interactions = [
  interaction(['user is in group', noor], ['PUT', path, anHour], [200, { full_name: 'Noor Haddad' }]),
  interaction(['user is in group', noor], ['DELETE', path], [200]),
  interaction(['user is not in group', noor], ['PUT', path, anHour], [404, { code: 'GROUP_USER_NOT_FOUND' }]),
  interaction(['user is not in group', noor], ['POST', path, anHour], [200, { user_id: ids.noor }]),
  interaction(['access has expired', noor], ['DELETE', path], [404]),
  interaction(['push pending', noor], ['GET', `/v1/groups/${ids.apiGroup}/users`], [200]),
  interaction(['group exists', { group_id: unknown }], ['GET', `/v1/groups/${unknown}`], [200, { group_id: unknown }]),
  interaction(['group does not exist', { group_id: unknown }], ['GET', `/v1/groups/${unknown}`], [404]),
  interaction(['user exists', { user_id: unknown }], ['GET', `/v1/users/${unknown}`], [200, { user_id: unknown }]),
  interaction(['token expired'], ['GET', '/v1/users'], [401, { code: 'TOKEN_EXPIRED' }]),
  interaction(['rate limit reached'], ['GET', '/v1/users'], [429]),
  interaction(['next call fails with 503'], ['GET', '/v1/groups'], [503]),
]

async function verifyPact(pactInteractions: Interaction[]) {
  const { port, agent } = await listening()
  const url = `http://127.0.0.1:${port}`
  const file = join(temporaryFolder(), 'pact.json')
  const document = {
    consumer: { name: 'consumer' },
    provider: { name: 'opal' },
    interactions: pactInteractions,
    metadata: { pactSpecification: { version: '3.0.0' } },
  }
  writeFileSync(file, JSON.stringify(document))
  const verifier = new Verifier({
    provider: 'opal',
    providerBaseUrl: url,
    pactUrls: [file],
    providerStatesSetupUrl: `${url}/_sandbox/states`,
    providerStatesSetupTeardown: true,
    customProviderHeaders: [`Authorization: Bearer ${tokens.fullAccess}`],
    logLevel: 'error',
  })
  const verified = verifier.verify().then(
    () => 'verified',
    () => 'failed',
  )
  return { verified: await verified, agent }
}

test('Pact verifies interactions by the state URL, and each leaves the organization as it was', async () => {
  const { verified, agent } = await verifyPact(interactions)
  expect(verified).toBe('verified')
  const { results } = (await agent.get('/_sandbox/requests')).body as {
    results: { operation: string; status: number }[]
  }
  expect(results.map(({ status }) => status).sort()).toEqual(interactions.map(({ response }) => response.status).sort())
  expect((await agent.put(path).send(anHour)).body).toMatchObject({
    code: 'GROUP_USER_NOT_FOUND',
    request_id: requestId,
  })
})

test('and finds an interaction that differs', async () => {
  const other = interaction(['user is not in group', noor], ['PUT', path, anHour], [200])
  expect((await verifyPact([other])).verified).toBe('failed')
})
