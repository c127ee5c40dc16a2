import { describe, expect, test } from 'vitest'
import { behaviors } from '../../../src/domain/behaviors.js'
import { ids, requestId, sandbox, told } from '../../helper.js'

const [production, staging, pii] = [1, 2, 3].map((n) => `0b100000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
]
const warehouse = '0a100000-0000-4000-8000-000000000001'
const at = '2022-01-23T03:56:07.000Z'
const tag = (tag_id: string, key: string, value?: string) => ({
  ...{ tag_id, key, user_creator: 'ada' },
  ...(value !== undefined && { value }),
})
const user = (user_id: string, email: string, full_name: string) => ({ user_id, email, full_name })
const seed = {
  version: 1,
  users: {
    ada: user(ids.ada, 'ada@company.dev', 'Ada Lane'),
    jake: user(ids.jake, 'jake@company.dev', 'Jake Barnes'),
    brett: user(ids.brett, 'brett@company.dev', 'Brett Ashley'),
  },
  groups: {
    api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OPAL_GROUP' },
    okta: { group_id: ids.oktaGroup, name: 'Okta Engineering', group_type: 'OKTA_GROUP' },
  },
  resources: { warehouse: { resource_id: warehouse, name: 'Warehouse' } },
  tags: {
    production: tag(production, 'environment', 'production'),
    staging: tag(staging, 'environment', 'staging'),
    pii: tag(pii, 'pii'),
  },
}
const shown = (tag_id: string, key: string, value?: string) => ({
  ...{ tag_id, key, created_at: at, updated_at: at, user_creator_id: ids.ada },
  ...(value !== undefined && { value }),
})
const shownProduction = shown(production, 'environment', 'production')
const shownStaging = shown(staging, 'environment', 'staging')
const shownPii = shown(pii, 'pii')
const refused = (status: number, code: string, message: string, hint: string) => ({
  status,
  body: { code, message, hint, request_id: requestId },
})
const tagNotFound = (which: string) =>
  refused(404, 'TAG_NOT_FOUND', `There is no tag ${which}.`, 'GET /v1/tags lists the tags.')

describe('tags are listed', () => {
  test('in the order in which they were created', async () => {
    const { agent } = await sandbox({ seed })
    const body = { results: [shownProduction, shownStaging, shownPii], next: null, previous: null }
    expect(told(await agent.get('/v1/tags'))).toEqual({ status: 200, body })
  })

  test('page by page', async () => {
    const { agent } = await sandbox({ seed })
    const { next, results } = (await agent.get('/v1/tags?page_size=2')).body as { next: string; results: unknown }
    expect(results).toEqual([shownProduction, shownStaging])
    const second = await agent.get('/v1/tags').query({ page_size: 2, cursor: next })
    expect(second.body).toEqual({ results: [shownPii], next: null, previous: next })
  })
})

describe('a tag is found', () => {
  test.each([
    ['by id', `/v1/tag/${pii}`, { status: 200, body: shownPii }],
    ['by key and value', '/v1/tag?tag_key=environment&tag_value=staging', { status: 200, body: shownStaging }],
    ['by key, if it has no value', '/v1/tag?tag_key=pii', { status: 200, body: shownPii }],
    ['by key and an empty value', '/v1/tag?tag_key=pii&tag_value=', { status: 200, body: shownPii }],
    ['unless there is none with the id', `/v1/tag/${ids.unknown}`, tagNotFound(ids.unknown)],
    [
      'unless there is none with the key and no value',
      '/v1/tag?tag_key=environment',
      tagNotFound('with the key "environment" and no value'),
    ],
    [
      'unless there is none with the key and the value',
      '/v1/tag?tag_key=pii&tag_value=x',
      tagNotFound('with the key "pii" and the value "x"'),
    ],
  ])('%s', async (_, path, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(path))).toEqual(answer)
  })

  test('not without a key', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get('/v1/tag'))).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'query.tag_key' }] },
    })
  })
})

describe('a new tag', () => {
  test.each([
    ['has a key and a value', {}, { tag_key: 'team', tag_value: 'data' }, { key: 'team', value: 'data' }],
    ['has an empty value if that was sent', {}, { tag_key: 'team', tag_value: '' }, { key: 'team', value: '' }],
    ['needs no value', {}, { tag_key: 'team' }, { key: 'team' }],
    ['may be named in the query', { tag_key: 'team', tag_value: 'data' }, undefined, { key: 'team', value: 'data' }],
    ['is named by the body if there is one', { tag_value: 'x' }, { tag_key: 'team' }, { key: 'team' }],
    ['may have the key of another', {}, { tag_key: 'environment' }, { key: 'environment' }],
  ])('%s', async (_, query, body, fields) => {
    const { agent } = await sandbox({ seed })
    await agent.post('/_sandbox/clock').send({ advance: '1h' })
    const created = await agent.post('/v1/tag').query(query).send(body)
    const { tag_id } = created.body as { tag_id: string }
    const times = { created_at: '2022-01-23T04:56:07.000Z', updated_at: '2022-01-23T04:56:07.000Z' }
    const tag = { tag_id, ...fields, ...times, user_creator_id: ids.ada }
    expect(told(created)).toEqual({ status: 200, body: tag })
    expect(told(await agent.get(`/v1/tag/${tag_id}`))).toEqual({ status: 200, body: tag })
  })

  test.each([
    ['no body', undefined],
    ['null', null],
    ['a body without a key', { tag_value: 'data' }],
  ])('needs a key: %s', async (_, body) => {
    const { app } = await sandbox({ seed })
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/tag',
      headers: { authorization: 'Bearer opal_sandbox_full_access', 'content-type': 'application/json' },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    expect({ status: answer.statusCode, body: answer.json<object>() }).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.tag_key' }] },
    })
  })

  test.each([
    [{ tag_key: 'environment', tag_value: 'staging' }, staging, 'the key "environment" and the value "staging"'],
    [{ tag_key: 'pii', tag_value: '' }, pii, 'the key "pii" and no value'],
  ])('must not exist already: %o', async (body, tag_id, named) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.post('/v1/tag').send(body))).toMatchObject({
      status: 409,
      body: { code: 'TAG_EXISTS', message: `There is already a tag with ${named}: ${tag_id}.` },
    })
  })
})

test('a new tag whose key in the query no seed could hold is rejected', async () => {
  const { agent } = await sandbox({ seed })
  expect(told(await agent.post('/v1/tag?tag_key=a%00b'))).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'query.tag_key' }] },
  })
})

test('a tag that exists is returned if the setting existing_tag says so', async () => {
  const { agent } = await sandbox({ seed: { ...seed, settings: { existing_tag: 'return' } } })
  const body = { tag_key: 'environment', tag_value: 'staging' }
  expect(told(await agent.post('/v1/tag').send(body))).toEqual({ status: 200, body: shownStaging })
  const { results } = (await agent.get('/_sandbox/requests?limit=1')).body as { results: { why: string[] }[] }
  expect(results[0]?.why).toContain(behaviors.tag_returned.means)
  expect(results[0]?.why).not.toContain('there is no such tag yet')
  expect((await agent.get('/v1/tags')).body).toMatchObject({ results: [shownProduction, shownStaging, shownPii] })
})

test('a tag is deleted, once, from everything that has it', async () => {
  const { agent } = await sandbox({ seed })
  for (const target of [`users/${ids.jake}`, `groups/${ids.apiGroup}`, `resources/${warehouse}`]) {
    await agent.post(`/v1/tags/${pii}/${target}`)
  }
  expect(told(await agent.delete(`/v1/tag/${pii}`))).toEqual({ status: 200, body: {} })
  expect(told(await agent.delete(`/v1/tag/${pii}`))).toEqual(tagNotFound(pii))
  for (const target of [`users/${ids.jake}`, `groups/${ids.apiGroup}`, `resources/${warehouse}`]) {
    expect(told(await agent.get(`/v1/${target}/tags`))).toEqual({ status: 200, body: { tags: [] } })
  }
})

describe.each([
  ['users', ids.jake, 'USER_NOT_FOUND'],
  ['groups', ids.apiGroup, 'GROUP_NOT_FOUND'],
  ['resources', warehouse, 'RESOURCE_NOT_FOUND'],
])('the tags of %s', (section, id, notFound) => {
  test('are listed in the order in which they were added; adding one again changes nothing', async () => {
    const { agent } = await sandbox({ seed })
    for (const tag_id of [staging, production, staging]) {
      expect(told(await agent.post(`/v1/tags/${tag_id}/${section}/${id}`))).toEqual({ status: 200, body: {} })
    }
    const body = { tags: [shownStaging, shownProduction] }
    expect(told(await agent.get(`/v1/${section}/${id}/tags`))).toEqual({ status: 200, body })
  })

  test('are removed one by one', async () => {
    const { agent } = await sandbox({ seed })
    for (const tag_id of [staging, production]) await agent.post(`/v1/tags/${tag_id}/${section}/${id}`)
    expect(told(await agent.delete(`/v1/tags/${staging}/${section}/${id}`))).toEqual({ status: 200, body: {} })
    expect((await agent.get(`/v1/${section}/${id}/tags`)).body).toEqual({ tags: [shownProduction] })
    expect(told(await agent.delete(`/v1/tags/${staging}/${section}/${id}`))).toMatchObject({
      status: 404,
      body: { code: 'TAG_NOT_FOUND' },
    })
    expect((await agent.get(`/v1/tag/${staging}`)).status).toBe(200)
  })

  test.each([
    ['post', `/v1/tags/${ids.unknown}/${section}/${id}`, 'TAG_NOT_FOUND'],
    ['post', `/v1/tags/${pii}/${section}/${ids.unknown}`, notFound],
    ['delete', `/v1/tags/${ids.unknown}/${section}/${id}`, 'TAG_NOT_FOUND'],
    ['delete', `/v1/tags/${pii}/${section}/${ids.unknown}`, notFound],
    ['get', `/v1/${section}/${ids.unknown}/tags`, notFound],
  ] as const)('are a 404 for what is not there: %s %s', async (method, path, code) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent[method](path))).toMatchObject({ status: 404, body: { code } })
  })
})

test('a tag is added with an empty object, with null and with no body', async () => {
  const { app } = await sandbox({ seed })
  for (const payload of ['{}', 'null', '']) {
    const answer = await app.inject({
      method: 'POST',
      url: `/v1/tags/${pii}/users/${ids.jake}`,
      headers: { authorization: 'Bearer opal_sandbox_full_access', 'content-type': 'application/json' },
      payload,
    })
    expect({ payload, status: answer.statusCode, body: answer.body }).toEqual({ payload, status: 200, body: '' })
  }
})

describe.each([
  ['users', 'user_id', [ids.brett, ids.jake]],
  ['groups', 'group_id', [ids.oktaGroup, ids.apiGroup]],
])('the filter tag_ids of /v1/%s', (section, idField, [one = '', other = '']) => {
  test.each([
    ['a tag', production, [other]],
    ['several tags: at least one of them', `${production},${staging}`, [other, one]],
    ['several tags, repeated', `${production}&tag_ids=${staging}`, [other, one]],
    ['a tag in upper case', production.toUpperCase(), [other]],
    ['a tag that nothing has', pii, []],
    ['a tag that is not there', ids.unknown, []],
  ])('takes %s', async (_, tag_ids, expected) => {
    const { agent } = await sandbox({ seed })
    await agent.post(`/v1/tags/${staging}/${section}/${one}`)
    await agent.post(`/v1/tags/${staging}/${section}/${other}`)
    await agent.post(`/v1/tags/${production}/${section}/${other}`)
    const { results } = (await agent.get(`/v1/${section}?tag_ids=${tag_ids}`)).body as {
      results: Record<string, string>[]
    }
    expect(results.map((item) => item[idField]).toSorted()).toEqual(expected.toSorted())
  })

  test('rejects what is no id', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/${section}?tag_ids=x`))).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'query.tag_ids[0]' }] },
    })
  })
})
