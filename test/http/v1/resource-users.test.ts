import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told } from '../../helper.js'

const warehouse = '0a100000-0000-4000-8000-000000000001'
const vault = '0a100000-0000-4000-8000-000000000002'
const inAnHour = '2022-01-23T04:56:07.000Z'
const seed = {
  version: 1,
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    noor: { user_id: ids.noor, email: 'noor@company.dev', full_name: 'Noor Haddad' },
  },
  groups: {
    api: {
      group_id: ids.apiGroup,
      name: 'API Group',
      group_type: 'OPAL_GROUP',
      resources: [{ resource: 'warehouse', access_level_remote_id: 'read' }, 'vault'],
    },
  },
  group_users: [{ group: 'api', user: 'noor', expires_at: '+60m' }],
  resources: {
    warehouse: {
      resource_id: warehouse,
      name: 'Warehouse',
      access_levels: { Reader: 'read', Writer: 'write' },
      propagation: [{ status: 'PENDING', for: '5s' }, { status: 'SUCCESS' }],
    },
    vault: { resource_id: vault, name: 'Vault' },
  },
  resource_users: [{ resource: 'warehouse', user: 'jake', access_level: 'write' }],
}

const levels = {
  '': { access_level_name: '', access_level_remote_id: '' },
  read: { access_level_name: 'Reader', access_level_remote_id: 'read' },
  write: { access_level_name: 'Writer', access_level_remote_id: 'write' },
}
const jake = (level: keyof typeof levels, expiration_date: string | null = null) => ({
  resource_id: warehouse,
  user_id: ids.jake,
  access_level: levels[level],
  full_name: 'Jake Barnes',
  email: 'jake@company.dev',
  expiration_date,
})
const path = (user_id: string, resource_id = warehouse) => `/v1/resources/${resource_id}/users/${user_id}`

describe('a PUT', () => {
  test('sets the end, and keeps the level unless it names one', async () => {
    const { agent } = await sandbox({ seed })
    const put = (body: object) => agent.put(path(ids.jake)).send(body)
    expect(told(await put({ duration_minutes: 60 }))).toEqual({ status: 200, body: jake('write', inAnHour) })
    expect((await put({ duration_minutes: 0, access_level_remote_id: 'read' })).body).toEqual(jake('read'))
    expect((await put({ duration_minutes: 0, access_level_remote_id: '' })).body).toEqual(jake(''))
    expect((await put({ duration_minutes: -1 })).body).toEqual(jake('', '2022-01-23T03:56:07.000Z'))
    expect(told(await put({ duration_minutes: 60 }))).toEqual({
      status: 404,
      body: {
        code: 'RESOURCE_USER_NOT_FOUND',
        message: `User ${ids.jake} has no access to resource ${warehouse}.`,
        hint: `Grant access first with POST ${path(ids.jake)}.`,
        request_id: requestId,
      },
    })
  })

  test.each([
    ['of no resource', path(ids.jake, ids.unknown), 404, 'RESOURCE_NOT_FOUND', {}],
    ['of no user', path(ids.unknown), 404, 'USER_NOT_FOUND', {}],
    ['at no level', path(ids.jake), 400, 'ACCESS_LEVEL_NOT_FOUND', { access_level_remote_id: 'root' }],
    ['for too long', path(ids.jake), 400, 'INVALID_REQUEST', { duration_minutes: 525_961 }],
    ['of access that is only through a group', path(ids.noor), 404, 'RESOURCE_USER_NOT_FOUND', {}],
  ])('%s is rejected', async (_what, url, status, code, body) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.put(url).send({ duration_minutes: 60, ...body }))).toMatchObject({ status, body: { code } })
  })
})

describe('a POST', () => {
  test('grants access, or replaces it', async () => {
    const { agent } = await sandbox({ seed })
    expect((await agent.post(path(ids.jake))).body).toEqual(jake(''))
    const query = '?duration_minutes=60&access_level_remote_id=read'
    expect((await agent.post(`${path(ids.jake)}${query}`)).body).toEqual(jake('read', inAnHour))
    expect((await agent.post(path(ids.noor, vault))).body).toMatchObject({ user_id: ids.noor, resource_id: vault })
  })

  test('is a conflict if the setting says so', async () => {
    const { agent } = await sandbox({ seed: { ...seed, settings: { re_add: 'conflict' } } })
    expect(told(await agent.post(path(ids.jake)))).toMatchObject({
      status: 409,
      body: { message: `User ${ids.jake} already has access to resource ${warehouse}.` },
    })
  })
})

test('a DELETE ends access at the level that it names', async () => {
  const { agent } = await sandbox({ seed })
  expect((await agent.delete(path(ids.jake))).status).toBe(404)
  expect((await agent.delete(`${path(ids.jake)}?access_level_remote_id=write`)).status).toBe(200)
  expect((await agent.get(path(ids.jake))).status).toBe(404)
})

/** What lists show, in short. */
async function listed({ agent }: Awaited<ReturnType<typeof sandbox>>, url: string) {
  const body = (await agent.get(url)).body as unknown
  const { results } = body as { results: Record<string, unknown>[] }
  return results.map(({ resource_name, full_name, access_level, expiration_date, ...rest }) => {
    const { access_level_remote_id } = access_level as { access_level_remote_id: string }
    const { has_direct_access, num_access_paths, propagation_status } = rest
    return {
      access: `${String(full_name)}: ${String(resource_name)} ${access_level_remote_id}`.trim(),
      ends: expiration_date,
      direct: has_direct_access,
      paths: num_access_paths,
      status: (propagation_status as { status: string } | undefined)?.status,
    }
  })
}

describe('lists', () => {
  const throughGroup = { ends: inAnHour, direct: false, paths: 1, status: undefined }
  const direct = { ends: null, direct: true, paths: 1, status: 'PENDING' }

  test('hold direct access and access through groups, once for each level', async () => {
    const opened = await sandbox({ seed })
    const users = `/v1/resources/${warehouse}/users`
    expect(await listed(opened, users)).toEqual([
      { access: 'Jake Barnes: Warehouse write', ...direct },
      { access: 'Noor Haddad: Warehouse read', ...throughGroup },
    ])
    await opened.agent.post(path(ids.noor)).send({ duration_minutes: 120, access_level_remote_id: 'read' })
    await opened.agent.post('/_sandbox/clock').send({ advance: '5s' })
    const both = { ends: '2022-01-23T05:56:07.000Z', direct: true, paths: 2, status: 'SUCCESS' }
    expect(await listed(opened, `/v1/resources/users/${ids.noor}`)).toEqual([
      { access: 'Noor Haddad: Warehouse read', ...both },
      { access: 'Noor Haddad: Vault', ...throughGroup },
    ])
    await opened.agent.post('/_sandbox/clock').send({ advance: '1h' })
    expect(await listed(opened, `/v1/resources/users/${ids.noor}`)).toEqual([
      { access: 'Noor Haddad: Warehouse read', ...both, paths: 1 },
    ])
    expect(await listed(opened, `${users}?limit=1`)).toHaveLength(1)
  })

  test('come in pages, also between two levels of one resource', async () => {
    const { agent } = await sandbox({ seed })
    await agent.post(path(ids.noor)).send({ duration_minutes: 0, access_level_remote_id: 'write' })
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const body = (await agent.get(`/v1/resources/users/${ids.noor}?limit=1&cursor=${cursor}`)).body as unknown
      const page = body as { next: string | null; results: ReturnType<typeof jake>[] }
      found.push(...page.results.map((one) => `${one.resource_id} ${one.access_level.access_level_remote_id}`))
      cursor = page.next
    }
    expect(found).toEqual([`${warehouse} read`, `${warehouse} write`, `${vault} `])
  })
})

test('the access of one user to one resource is shown with its levels', async () => {
  const { agent } = await sandbox({ seed })
  expect((await agent.get(path(ids.jake))).body).toEqual({ data: [jake('write')], total_count: 1 })
  expect((await agent.get(path(ids.jake, ids.unknown))).status).toBe(404)
})

test.each([
  [ids.jake, '', { access_level: levels.write, status: 'AUTHORIZED', expiration_date: null }],
  [ids.jake, '?access_level_remote_id=read', { status: 'UNAUTHORIZED' }],
  [
    ids.noor,
    '?access_level_remote_id=read',
    { access_level: levels.read, status: 'AUTHORIZED', expiration_date: inAnHour },
  ],
])('the status of %s%s', async (user_id, query, status) => {
  const { agent } = await sandbox({ seed })
  const body = (await agent.get(`/v1/resource-user-access-status/${warehouse}/${user_id}${query}`)).body as unknown
  expect(body).toEqual({ resource_id: warehouse, user_id, ...status })
})
