import { describe, expect, test } from 'vitest'
import type { OpenSandboxOptions } from '../../../src/sandbox.js'
import { groupUserPath, ids, levels, now, sandbox } from '../../helper.js'

const path = groupUserPath(ids.apiGroup, ids.jake)
const key = { group_id: ids.apiGroup, user_id: ids.jake }
const other = groupUserPath(ids.plainGroup, ids.ada)

async function open(options: OpenSandboxOptions = {}) {
  const { agent, ...opened } = await sandbox(options)
  return {
    ...opened,
    agent,
    list: async () => ((await agent.get('/_sandbox/violations')).body as { results: Violation[] }).results,
  }
}

interface Violation {
  request_id: string
  operation: string
  rule: string
  key: object
  message: string
}

type Agent = Awaited<ReturnType<typeof open>>['agent']

const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()

const put = (duration_minutes: number, level?: string) => (agent: Agent) =>
  agent.put(path).send({ duration_minutes, ...(level !== undefined && { access_level_remote_id: level }) })

const add = (agent: Agent) => agent.post(other).send({ duration_minutes: 60 })

describe.each<[rule: string, calls: ((agent: Agent) => PromiseLike<unknown>)[], messages: string[]]>([
  ['indefinite-access', [put(60), put(0), put(0)], ['gives access that never ends']],
  ['longer-than=8h', [put(480), put(481), put(0)], [`gives access until ${at(481)}`, 'gives access that never ends']],
  [
    `level=${levels.readOnly}`,
    [put(60), put(60, levels.readOnly), put(60), put(90)],
    ['gives access at this level', 'gives access at this level'],
  ],
  ['level=', [put(60, levels.readOnly), put(60, '')], ['gives access at this level']],
  [
    'outside-groups=okta,plain',
    [
      add,
      put(60),
      (agent) => agent.put(`/v1/groups/${ids.apiGroup}/message-channels`).send({ message_channel_ids: [] }),
    ],
    ['changes a group that is not among them', 'changes a group that is not among them'],
  ],
  [
    'more-than=1-grants',
    [put(60), add, (agent) => agent.delete(other), add, add, (agent) => agent.delete(other), add],
    ['is grant number 2', 'is grant number 3'],
  ],
])('the rule %s', (rule, calls, messages) => {
  test.each<[what: string, (rule: string) => OpenSandboxOptions]>([
    ['of the server', (text) => ({ forbid: [text] })],
    ['of the seed', (text) => ({ seed: { ...seed, forbid: [text] } })],
  ])('%s', async (_what, options) => {
    const { agent, list } = await open(options(rule))
    for (const call of calls) expect(await call(agent)).toMatchObject({ status: 200 })
    expect((await list()).map(({ message }) => message)).toEqual(messages)
  })
})

/** The groups, users and access that the calls need. */
const seed = {
  version: 1,
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
  },
  groups: {
    api: {
      group_id: ids.apiGroup,
      name: 'API',
      group_type: 'AWS_SSO_GROUP',
      access_levels: { ReadOnlyAccess: levels.readOnly },
      message_channels: ['access'],
    },
    okta: { group_id: ids.oktaGroup, name: 'Okta', group_type: 'OKTA_GROUP' },
    plain: { group_id: ids.plainGroup, name: 'Plain', group_type: 'OPAL_GROUP' },
  },
  message_channels: { access: { third_party_provider: 'SLACK', remote_id: 'C1', name: 'access', is_private: false } },
  group_users: [{ group: 'api', user: 'jake' }],
}

test('a violation names the call, the rule and the row, and lasts until the reset', async () => {
  const { agent, list, violations } = await open({ forbid: ['indefinite-access'] })
  await put(60)(agent)
  const call = await put(0)(agent)
  const violation = {
    organization: 'default',
    request_id: (call.headers as Record<string, string>)['x-opal-sandbox-request-id'],
    operation: 'update_group_user',
    rule: 'indefinite-access',
    noun: 'group_user',
    key,
    message: 'gives access that never ends',
  }
  expect(await list()).toEqual([violation])
  await agent.post('/_sandbox/reset')
  expect(await list()).toEqual([])
  expect(violations()).toEqual([violation])
})

test('what the control plane changes is no violation', async () => {
  const { agent, list } = await open({ forbid: ['indefinite-access'] })
  const call = await put(60)(agent)
  const to = (call.headers as Record<string, string>)['x-opal-sandbox-request-id']
  await agent.post('/_sandbox/undo').send({ to }).expect(200)
  expect(await list()).toEqual([])
})

test('a call counts even if its answer is lost, or the journal keeps nothing', async () => {
  const { agent, list } = await open({ forbid: ['more-than=0-grants'], journal: { entries: 0 } })
  await agent.post('/_sandbox/faults').send({ phase: 'after', effect: { drop: true } })
  await add(agent).then(undefined, () => undefined)
  expect(await list()).toHaveLength(1)
})

test('an export has the rules of the seed, with ids for groups', async () => {
  const rules = ['indefinite-access', `outside-groups=${ids.apiGroup}`]
  const { agent } = await open({ seed: { ...seed, forbid: ['indefinite-access', 'outside-groups=api'] } })
  const exported = (await agent.get('/_sandbox/seed')).body as { forbid: string[] }
  expect(exported.forbid).toEqual(rules)
  await agent.put('/_sandbox/seed').send(exported)
  expect((await agent.get('/_sandbox/seed')).body).toEqual(exported)
})

test('a rule that is none is rejected by name', async () => {
  const { agent } = await open()
  const forbid = ['indefinite', 'longer-than=soon', 'outside-groups=nobody', 'more-than=many']
  const answer = await agent.put('/_sandbox/seed').send({ ...seed, forbid })
  const { errors } = answer.body as { errors: { path: string; message: string }[] }
  const expected = expect.stringMatching(/^expected one of indefinite-access, longer-than=8h, .*, got /) as unknown
  expect(Object.fromEntries(errors.map(({ path, message }) => [path, message]))).toEqual({
    'body.forbid[0]': expected,
    'body.forbid[1]': expected,
    'body.forbid[2]': 'names a group that does not exist: nobody',
    'body.forbid[3]': expected,
  })
  await expect(open({ forbid: ['outside-groups=nobody'] })).rejects.toThrow('names a group that does not exist: nobody')
})
