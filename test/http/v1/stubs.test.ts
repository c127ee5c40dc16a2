import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { operations } from '../../../src/domain/operations.js'
import { groupUserPath, ids, sandbox, tokens } from '../../helper.js'
import { call } from '../sandbox/calls.js'
import { listening, send } from '../wire.js'

interface Rule {
  operation: string
  times?: 'forever'
  phase?: string
  effect: object
}

interface Added {
  fault_id: string
  warnings?: string[]
}

interface Response {
  $ref?: string
  content?: object
}

type Opened = Awaited<ReturnType<typeof sandbox>>

const document = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>
  components: { responses: Record<string, Response> }
}
const ajv = addFormats.default(new Ajv2020({ strict: false })).addSchema(document, 'openapi')

/** A path with ids, such as a client sends. */
const urlOf = (path: string) => `/v1${path.replaceAll(/\{\w+\}/g, ids.unknown)}`

/** A reference to the schema in openapi.yaml; null for a response without a body, undefined if there is none. */
function schemaOf(path: string, method: string, status: number): object | null | undefined {
  const pointer = ['paths', `/v1${path}`, method.toLowerCase(), 'responses', String(status)]
  const response = document.paths[`/v1${path}`]![method.toLowerCase()]!.responses[status]
  if (response === undefined) return undefined
  const name = response.$ref?.split('/').at(-1)
  const { content } = name === undefined ? response : document.components.responses[name]!
  if (content === undefined) return null
  const base = name === undefined ? pointer : ['components', 'responses', name]
  const parts = [...base, 'content', 'application/json', 'schema']
  return { $ref: `openapi#/${parts.map((part) => encodeURIComponent(part.replaceAll('/', '~1'))).join('/')}` }
}

const add = async (opened: Opened, rule: Rule) =>
  (await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', rule)) as Added

const inject = async ({ app }: Opened, method: string, url: string, payload?: object) => {
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: { authorization: `Bearer ${tokens.fullAccess}` },
    ...(payload && { payload }),
  })
  const { statusCode: status, body, headers } = answer
  return { status, body: body === '' ? undefined : (JSON.parse(body) as unknown), type: headers['content-type'] }
}

const lastCall = async (opened: Opened) => {
  const { results } = (await call(opened, tokens.fullAccess, 'GET', '/_sandbox/requests')) as {
    results: Record<string, unknown>[]
  }
  return results.at(-1)!
}

const json = 'application/json'

test('no operation of the API is a path or a method that does not exist', async () => {
  const opened = await sandbox()
  for (const { id, method, path } of operations) {
    const { body } = await inject(opened, method, urlOf(path))
    const { code } = (body ?? {}) as { code?: string }
    expect([id, code]).not.toEqual([id, expect.stringMatching(/^(ROUTE_NOT_FOUND|METHOD_NOT_ALLOWED)$/)])
  }
})

describe('the rule in the hint of a 501 answers the operation with a body of its shape', () => {
  test.each(operations.filter(({ simulated }) => !simulated))('$id', async ({ id, method, path }) => {
    const opened = await sandbox()
    const refused = await inject(opened, method, urlOf(path))
    const { hint } = refused.body as { hint: string }
    const rule = JSON.parse(hint.slice(hint.indexOf('{'))) as Rule & { effect: { status: number; body?: unknown } }
    expect(await add(opened, rule)).not.toHaveProperty('warnings')

    const { status, body, type } = await inject(opened, method, urlOf(path))
    const filled: unknown = JSON.parse(JSON.stringify(rule.effect).replaceAll(/\{\w+\}/g, ids.unknown))
    expect({ status, ...(body !== undefined && { body }) }).toEqual(filled)
    expect(type).toBe(body === undefined ? undefined : json)
    expect(await lastCall(opened)).toMatchObject({ operation: id, method, status, rule: 'stubbed' })

    const schema = schemaOf(path, method, status)
    if (schema === undefined) return // Its shape is not known.
    expect(schema === null).toBe(body === undefined)
    if (schema !== null) expect([ajv.validate(schema, body), ajv.errors]).toEqual([true, null])
  })
})

describe('a rule answers any operation', () => {
  test.each(operations)('$id', async ({ id, method, path }) => {
    const opened = await sandbox()
    await add(opened, { operation: id, effect: { status: 299, body: { of: id } } })
    expect(await inject(opened, method, urlOf(path))).toEqual({ status: 299, body: { of: id }, type: json })
    expect((await inject(opened, method, urlOf(path))).status).not.toBe(299)
  })
})

describe('path parameters in the body of a rule', () => {
  test.each<[operation: string, method: string, path: string, body: unknown, filled: unknown]>([
    ['get_tag_by_ID', 'GET', `/tag/${ids.unknown}`, { tag_id: '{tag_id}' }, { tag_id: ids.unknown }],
    [
      'add_group_tag',
      'POST',
      `/tags/t1/groups/${ids.apiGroup.toUpperCase()}`,
      { list: [{ text: 'tag {tag_id} of {group_id}' }] },
      { list: [{ text: `tag t1 of ${ids.apiGroup}` }] },
    ],
    ['getOwnerFromName', 'GET', '/owners/name/The%20%C3%B6wners', { name: '{owner_name}' }, { name: 'The öwners' }],
    [
      'get_tag_by_ID',
      'GET',
      '/tag/t1',
      { '{tag_id}': '{group_id} {toString}' },
      { '{tag_id}': '{group_id} {toString}' },
    ],
    ['get_tag_by_ID', 'GET', '/tag/t1', '{"tag_id": "{tag_id}"}', { tag_id: 't1' }],
    ['getGroup', 'GET', `/groups/${ids.apiGroup}`, { group_id: '{group_id}' }, { group_id: ids.apiGroup }],
    ['getGroup', 'GET', '/groups/any', { group_id: '{group_id}' }, { group_id: 'any' }],
  ])('%s %s %s %j', async (operation, method, path, body, filled) => {
    const opened = await sandbox()
    await add(opened, { operation, effect: { status: 200, body } })
    expect((await inject(opened, method, `/v1${path}`)).body).toEqual(filled)
  })
})

describe('a response without a body', () => {
  test.each([200, 201, 204, 302])('%d', async (status) => {
    const opened = await sandbox()
    await add(opened, { operation: 'deletePaladin', effect: { status } })
    expect(await inject(opened, 'DELETE', `/v1/paladin/${ids.unknown}`)).toEqual({
      status,
      body: undefined,
      type: undefined,
    })
  })

  test('replaces one that has a body', async () => {
    const opened = await sandbox()
    await add(opened, { operation: 'getGroups', phase: 'after', effect: { status: 204 } })
    expect(await inject(opened, 'GET', '/v1/groups')).toEqual({ status: 204, body: undefined, type: undefined })
  })

  test.each([204, 205, 304])('has none with %d, whatever the rule says', async (status) => {
    const opened = await sandbox()
    await add(opened, { operation: 'deletePaladin', effect: { status, body: { any: 'thing' }, message: 'x' } })
    const answer = await inject(opened, 'DELETE', `/v1/paladin/${ids.unknown}`)
    expect(answer).toEqual({ status, body: undefined, type: undefined })
    expect(await lastCall(opened)).not.toHaveProperty('answer')
  })
})

describe('a body that does not fit the operation', () => {
  test('is accepted with a warning, which is also in the journal', async () => {
    const opened = await sandbox()
    const rule = {
      operation: 'getIdpGroupMappings',
      effect: { status: 200, body: { mappings: [{ group_id: 7, hidden_from_end_user: true }] } },
    }
    const misfit = 'body.mappings[0].group_id: expected string, got 7'
    const { fault_id, warnings } = await add(opened, rule)
    expect(warnings).toEqual([`effect.${misfit}`])
    expect((await inject(opened, 'GET', `/v1/idp-group-mappings/${ids.unknown}`)).body).toEqual(rule.effect.body)
    expect(await lastCall(opened)).toMatchObject({
      why: expect.arrayContaining([
        `fault rule ${fault_id}: status 200`,
        'a rule answered the call',
        misfit,
      ]) as string[],
      rule: 'stubbed',
      basis: 'assumed',
    })
  })

  test.each<[rule: Rule, warnings: string[] | undefined]>([
    [{ operation: 'getGroups', effect: { status: 200 } }, ['effect.body: expected object, got nothing']],
    [{ operation: 'getGroups', effect: { status: 200, body: '{"results": []}' } }, undefined],
    [
      { operation: 'getGroups', effect: { status: 200, body: 'oops' } },
      ['effect.body: expected object, got the string "oops"'],
    ],
    [{ operation: 'getGroups', effect: { status: 503 } }, undefined],
    [{ operation: 'getGroups', effect: { status: 200, code: 'ODD' } }, undefined],
    [{ operation: 'getGroups', effect: { delay: '1ms' } }, undefined],
    [
      { operation: 'createBundle', effect: { status: 200, body: {} } },
      expect.arrayContaining(["effect.status: is 201 in Opal's document, not 200"]) as string[],
    ],
  ])('%j', async (rule, warnings) => {
    expect((await add(await sandbox(), rule)).warnings).toEqual(warnings)
  })

  test('is described in the list of rules, too', async () => {
    const opened = await sandbox()
    await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/faults')
    const added = await add(opened, { operation: 'getGroups', effect: { status: 200, body: [] } })
    expect(await call(opened, tokens.fullAccess, 'GET', '/_sandbox/faults')).toEqual({ results: [added] })
  })
})

describe('of an operation that is not simulated', () => {
  const url = `/v1/paladin/${ids.unknown}`

  test.each([
    ['no JSON', '{'],
    ['a long one', JSON.stringify('x'.repeat(200_000))],
  ])('a call is answered whatever its body is: %s', async (_what, body) => {
    const opened = await listening()
    await add(opened, { operation: 'createOpalScript', effect: { status: 201, body: { opal_script_id: ids.unknown } } })
    const { end, status, text } = await send(opened.port, 'POST', '/v1/opal-scripts', { body })
    expect({ end, status, text }).toEqual({ end: 'whole', status: 201, text: `{"opal_script_id":"${ids.unknown}"}` })
  })

  test('a delayed call is a 501 after the delay', async () => {
    const opened = await sandbox()
    await add(opened, { operation: 'getPaladin', effect: { delay: '1ms' } })
    expect((await inject(opened, 'GET', url)).status).toBe(501)
    expect(await lastCall(opened)).toMatchObject({ fault: { effect: 'delay 1 ms' }, status: 501 })
  })

  test.each([
    [{ drop: true }, 'cut before'],
    [{ truncate: true }, 'cut within'],
  ])('%j cuts the connection', async (effect, expected) => {
    const opened = await listening()
    await add(opened, { operation: 'getPaladin', effect })
    expect((await send(opened.port, 'GET', url)).end).toBe(expected)
  })

  test('a READ_ONLY token still cannot write', async () => {
    const opened = await sandbox()
    await add(opened, { operation: 'createOpalScript', effect: { status: 201, body: {} } })
    const { status } = await opened.agent.post('/v1/opal-scripts').auth(tokens.readOnly, { type: 'bearer' })
    expect(status).toBe(403)
  })
})

describe('without work, a rule for the time after it answers, too', () => {
  test.each(operations.filter(({ simulated }) => !simulated))('$id', async ({ id, method, path }) => {
    const opened = await sandbox()
    await add(opened, { operation: id, phase: 'after', effect: { status: 299, body: {} } })
    expect((await inject(opened, method, urlOf(path))).status).toBe(299)
    const { why } = (await lastCall(opened)) as { why: string[] }
    expect(why.slice(0, 2)).toEqual(['fault rule fault-11: status 299', 'a rule answered the call'])
  })
})

test('of a simulated operation, a rule answers before the request is checked, and changes nothing', async () => {
  const opened = await sandbox()
  const path = groupUserPath(ids.apiGroup, ids.jake)
  await add(opened, { operation: 'update_group_user', effect: { status: 200, body: { user_id: '{user_id}' } } })
  expect(await inject(opened, 'PUT', path, { duration_minutes: 'x' })).toMatchObject({
    status: 200,
    body: { user_id: ids.jake },
  })
  expect((await lastCall(opened)).why).toContain('a rule answered the call')
})

test('a seed can hold such rules, and a reset restores them', async () => {
  const seed = {
    version: 1,
    faults: [
      { operation: 'getPaladin', times: 'forever', effect: { status: 200, body: { paladin_id: '{paladin_id}' } } },
    ],
  }
  const opened = await sandbox()
  await call(opened, 'org-stubs', 'PUT', '/_sandbox/seed', seed)
  await call(opened, 'org-stubs', 'DELETE', '/_sandbox/faults')
  await call(opened, 'org-stubs', 'POST', '/_sandbox/reset')
  expect(await call(opened, 'org-stubs', 'GET', '/v1/paladin/b1')).toEqual({ paladin_id: 'b1' })
})
