import { describe, expect, test } from 'vitest'
import { groupUserPath, ids } from '../helper.js'
import { printed, refused, served } from './command.js'

const path = groupUserPath(ids.apiGroup, ids.jake)

/** A list, a change and a change that was refused. */
async function called() {
  const opened = await served()
  await opened.agent.get('/v1/users')
  await opened.agent.put(path).send({ duration_minutes: 60, reason: 'x' })
  await opened.agent.put(groupUserPath(ids.apiGroup, ids.noor)).send({ duration_minutes: 60 })
  return opened
}

/** Without what differs from run to run: how long a call took. */
const plain = (stdout: string) => stdout.replaceAll(/ (?:\d+(?:\.\d+)?|ms) +(?=[a-zA-Z]+)/g, ' ').split('\n')

describe('the journal', () => {
  test('is printed line by line', async () => {
    const { command } = await called()
    const { stdout, ...rest } = await command(['requests'])
    expect([plain(stdout), rest]).toEqual([
      [
        'request_id  at                        status  operation          call',
        'req-1       2022-01-23T03:56:07.000Z  200     getUsers           GET /v1/users',
        `req-2       2022-01-23T03:56:07.000Z  200     update_group_user  PUT ${path}`,
        `req-3       2022-01-23T03:56:07.000Z  404     update_group_user  PUT ${groupUserPath(ids.apiGroup, ids.noor)}`,
        '',
      ],
      { code: 0, stderr: '' },
    ])
  })

  test('is printed with the steps that led to each answer', async () => {
    const { command, agent } = await called()
    const all = (await agent.get('/_sandbox/requests')).body as { results: { why: string[]; hint: string }[] }
    const { why, hint } = all.results[2]!
    const { stdout } = await command(['requests', '--why', '--since', 'req-1'])
    expect(plain(stdout).filter((line) => /^ {2}(ignored|hint|rule)/.test(line))).toEqual([
      '  rule: level_kept (inferred)',
      '  ignored: body.reason',
      '  rule: GROUP_USER_NOT_FOUND (assumed)',
      `  hint: ${hint}`,
    ])
    expect(stdout).toContain(why.map((line) => `  ${line}\n`).join(''))
    expect(stdout).toMatch(/\n {2}updated group_user \S+ \S+: expiration_date null -> "2022-01-23T04:56:07.000Z"\n/)
  })

  const channel = '0d000000-0000-4000-8000-000000000002'

  test('also shows a link, which has no fields', async () => {
    const { command, agent } = await called()
    await agent
      .put(`/v1/groups/${ids.plainGroup}/message-channels`)
      .send({ message_channel_ids: [channel] })
      .expect(200)
    const { stdout } = await command(['requests', '--why', '--limit', '1'])
    expect(stdout).toContain(`\n  created group_message_channel ${ids.plainGroup} ${channel}\n`)
  })

  test.each<[what: string, args: string[], ids: string[]]>([
    ['of one operation', ['--operation', 'update_group_user'], ['req-2', 'req-3']],
    ['with one status', ['--status', '404'], ['req-3']],
    ['of one user', ['--user-id', ids.jake.toUpperCase()], ['req-2']],
    ['of one group', ['--group-id', ids.apiGroup], ['req-2', 'req-3']],
    ['after another', ['--since', 'req-2'], ['req-3']],
    ['at last', ['--limit', '1'], ['req-3']],
  ])('is printed as JSON: calls %s', async (_what, args, expected) => {
    const { command, agent } = await called()
    const { stdout } = await command(['requests', '--json', ...args])
    const { results } = JSON.parse(stdout) as { results: { request_id: string }[] }
    expect(results.map(({ request_id }) => request_id)).toEqual(expected)
    const all = (await agent.get('/_sandbox/requests')).body as { results: { request_id: string }[] }
    expect(results).toEqual(all.results.filter(({ request_id }) => expected.includes(request_id)))
  })

  test('can be empty, with nothing on standard output', async () => {
    const { command } = await served()
    expect(await command(['requests'])).toEqual(printed('', 'No matching calls.\n'))
  })

  test('can be waited for', async () => {
    const { command, agent } = await served()
    const waiting = command(['requests', '--operation', 'getUsers', '--wait', '2', '--timeout', '30s', '--json'])
    await agent.get('/v1/users')
    await agent.get('/v1/users')
    const { code, stdout } = await waiting
    expect([code, (JSON.parse(stdout) as { results: unknown[] }).results.length]).toEqual([0, 2])
  })

  test('is only waited for until the timeout', async () => {
    const { command } = await called()
    expect(await command(['requests', '--status', '418', '--wait', '--timeout', '50ms'])).toEqual(
      refused('Waited 50ms for 1 matching calls, got 0. "opal-sandbox requests" lists the calls that came.'),
    )
  })
})

test.each(['requests --why', 'requests --json', 'seed export', 'seed export --json', 'fault list'])(
  'control characters in data are escaped: %s',
  async (line) => {
    const { agent, command } = await served({
      seed: {
        version: 1,
        users: { ada: { email: 'ada@company.dev', full_name: 'A\u009b2J\u007f\u001b[31mB' } },
        faults: [{ effect: { status: 503, message: 'A\u009b2J\u001b]0;x\u0007' } }],
      },
    })
    await agent.get('/v1/users')
    const { stdout } = await command(line.split(' '))
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u)
  },
)
