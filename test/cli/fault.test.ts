import { describe, expect, test } from 'vitest'
import { ids } from '../helper.js'
import { printed, served } from './command.js'

/** A sandbox that has no fault rules of its own. */
async function withoutFaults() {
  const opened = await served()
  await opened.agent.delete('/_sandbox/faults')
  return {
    ...opened,
    rules: async () => ((await opened.agent.get('/_sandbox/faults')).body as { results: object[] }).results,
  }
}

const id = expect.stringMatching(/^fault-\d+$/) as unknown
const once = { fault_id: id, hits: 0, times: 1, skip: 0, phase: 'before' }
const rule = { method: 'GET', effect: { drop: true } }

describe('a fault rule', () => {
  test.each<[what: string, args: string[], rule: object]>([
    ['with a status', ['--status', '503'], { effect: { status: 503 } }],
    [
      'with a whole answer',
      ['--status', '418', '--header', 'Retry-After: 1', '--header', 'x-a:b: c', '--body', '{"tea": true}'],
      { effect: { status: 418, headers: { 'Retry-After': '1', 'x-a': 'b: c' }, body: { tea: true } } },
    ],
    [
      'with a code and a message',
      ['--status', '500', '--code', 'TEAPOT', '--message', 'short and stout'],
      { effect: { status: 500, code: 'TEAPOT', message: 'short and stout' } },
    ],
    ['with a body of plain text', ['--status', '500', '--body', 'oops'], { effect: { status: 500, body: 'oops' } }],
    ['with a delay', ['--delay', '2s'], { effect: { delay: '2s' } }],
    ['with a cut after the work', ['--drop', '--phase', 'after'], { phase: 'after', effect: { drop: true } }],
    ['with a cut within the answer', ['--truncate'], { phase: 'after', effect: { truncate: true } }],
    ['with no answer for some time', ['--hang', '--max', '30s'], { effect: { hang: true, max: '30s' } }],
    [
      'for some calls only',
      [
        ...['--operation', 'update_group_user', '--method', 'PUT', '--group-id', ids.apiGroup, '--user-id', ids.jake],
        ...['--times', '3', '--skip', '2', '--drop'],
      ],
      {
        operation: 'update_group_user',
        method: 'PUT',
        group_id: ids.apiGroup,
        user_id: ids.jake,
        times: 3,
        skip: 2,
        effect: { drop: true },
      },
    ],
    [
      'for an operation that is not simulated',
      ['--operation', 'getIdpGroupMappings', '--status', '200', '--body', '{"mappings": []}'],
      { operation: 'getIdpGroupMappings', effect: { status: 200, body: { mappings: [] } } },
    ],
    ['for all calls', ['--times', 'forever', '--drop'], { times: 'forever', effect: { drop: true } }],
    ['in JSON', [JSON.stringify(rule)], rule],
  ])('%s is added', async (_what, args, expected) => {
    const { command, rules } = await withoutFaults()
    const { code, stdout, stderr } = await command(['fault', 'add', '--json', ...args])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect([JSON.parse(stdout)]).toEqual(await rules())
    expect(await rules()).toEqual([{ ...once, ...expected }])
  })

  test('whose body does not fit the operation is added with a warning', async () => {
    const { command } = await withoutFaults()
    const args = ['--operation', 'get_group_tags', '--status', '200', '--body', '{"tags": 7}']
    const { code, stdout, stderr } = await command(['fault', 'add', ...args])
    const warning = 'effect.body.tags: expected array, got 7'
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Warning: ${warning}.\n` })
    expect(stdout).not.toContain(warning)
    expect(JSON.parse((await command(['fault', 'add', '--json', ...args])).stdout)).toMatchObject({
      warnings: [warning],
    })
  })

  test('is read from standard input', async () => {
    const { command, rules } = await withoutFaults()
    expect((await command(['fault', 'add', '-'], { input: JSON.stringify(rule) })).code).toBe(0)
    expect(await rules()).toEqual([{ ...once, ...rule }])
  })

  test('is listed, and deleted', async () => {
    const { command, rules } = await withoutFaults()
    await command(['fault', 'add', '--operation', 'getUsers', '--status', '503', '--times', '2'])
    await command(['fault', 'add', '--drop'])
    const [first, second] = (await rules()) as { fault_id: string }[]
    const { stdout } = await command(['fault', 'list'])
    const space = ' '.repeat(first!.fault_id.length - 'fault_id'.length + 2)
    expect(stdout.split('\n')).toEqual([
      `fault_id${space}hits  times  skip  phase   calls               effect`,
      `${first!.fault_id}  0     2      0     before  operation getUsers  status 503`,
      `${second!.fault_id}  0     1      0     before  every call          drop`,
      '',
    ])
    expect(await command(['fault', 'clear', first!.fault_id])).toEqual(
      printed('', `Deleted the fault rule ${first!.fault_id}.\n`),
    )
    expect(JSON.parse((await command(['fault', 'list', '--json'])).stdout)).toEqual({ results: [second] })
    expect(await command(['fault', 'clear'])).toEqual(printed('', 'Deleted all fault rules.\n'))
    expect(await command(['fault', 'list'])).toEqual(printed('', 'There are no fault rules.\n'))
  })
})
