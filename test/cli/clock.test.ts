import { describe, expect, test } from 'vitest'
import { groupUserPath, ids } from '../helper.js'
import { printed, refused, served } from './command.js'

/** Two group users were changed: access of one ends in an hour, the propagation of the other is pending. */
async function changed() {
  const opened = await served()
  await opened.agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
  await opened.agent.put(groupUserPath(ids.oktaGroup, ids.jake)).send({ duration_minutes: 0 })
  return opened
}

test('a date without a time is midnight in UTC', async () => {
  const { command } = await served()
  expect((await command(['clock', 'set', '2026-01-01'])).stdout).toMatch(/^2026-01-01T00:00:00\.000Z/)
})

describe('the clock', () => {
  test.each<[what: string, args: string[], lines: string[]]>([
    ['is shown', ['show'], ['2022-01-23T03:56:07.000Z  frozen']],
    [
      'is advanced, and who is concerned is told',
      ['advance', '61m'],
      [
        '2022-01-23T04:57:07.000Z  frozen',
        'expired  jake@company.dev  API Group         2022-01-23T04:56:07.000Z',
        'settled  jake@company.dev  Okta Engineering  SUCCESS',
      ],
    ],
    ['is advanced by a duration in ISO 8601', ['advance', 'PT1S'], ['2022-01-23T03:56:08.000Z  frozen']],
    [
      'is set',
      ['set', '2022-01-23T05:00:00+01:00'],
      ['2022-01-23T04:00:00.000Z  frozen', 'settled  jake@company.dev  Okta Engineering  SUCCESS'],
    ],
    ['is frozen', ['freeze'], ['2022-01-23T03:56:07.000Z  frozen']],
    ['is reset', ['reset'], ['2022-01-23T03:56:07.000Z  frozen']],
  ])('%s', async (_what, args, lines) => {
    const { command } = await changed()
    expect(await command(['clock', ...args])).toEqual(printed(`${lines.join('\n')}\n`))
  })

  test('runs on', async () => {
    const { command } = await served()
    expect(await command(['clock', 'freeze', 'off'])).toEqual(
      printed(expect.stringMatching(/^2022-01-23T03:56:07\.\d{3}Z {2}offset\n$/)),
    )
  })

  test('is that of the organization of the token', async () => {
    const { command } = await served()
    await command(['clock', 'advance', '1h', '--token', 'org-other'])
    expect([
      await command(['clock', 'show']),
      await command(['clock', 'show'], { env: { OPAL_AUTH_TOKEN: 'org-other' } }),
    ]).toEqual([printed('2022-01-23T03:56:07.000Z  frozen\n'), printed('2022-01-23T04:56:07.000Z  frozen\n')])
  })

  test('is printed as JSON, as the control plane returns it', async () => {
    const { command, agent } = await changed()
    const { stdout } = await command(['clock', 'advance', '61m', '--json'])
    const again = await changed()
    expect(JSON.parse(stdout)).toEqual((await again.agent.post('/_sandbox/clock').send({ advance: '61m' })).body)
    expect(JSON.parse((await command(['clock', 'show', '--json'])).stdout)).toEqual(
      (await agent.get('/_sandbox/clock')).body,
    )
  })

  test('also takes options before the name of the subcommand', async () => {
    const { command, url } = await served()
    const env = { OPAL_SANDBOX_URL: 'http://127.0.0.1:9' }
    expect(await command(['clock', '--url', `${url}/v1/`, '--json', 'show'], { env })).toEqual(
      printed(`${JSON.stringify({ now: '2022-01-23T03:56:07.000Z', mode: 'frozen' }, null, 2)}\n`),
    )
  })

  test('says why it cannot be changed', async () => {
    const { command } = await served()
    expect(await command(['clock', 'advance', '10000000d'])).toEqual(
      refused(
        'The clock can show times from 1970 to 9998-12-31T17:59:59Z. body leads outside the range from 1970 to 9998-12-31T17:59:59Z.',
      ),
    )
  })
})
