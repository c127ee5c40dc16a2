import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { groupUser } from './library/created.js'

const root = fileURLToPath(new URL('vitest', import.meta.url))
const runner = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))

/** Runs vitest on one of the files beside this one. */
function run(file: string) {
  const { NO_COLOR: _, VITEST: __, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, 'run', '--root', root, '--no-color', file], {
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
    timeout: 50_000,
  })
  return { status, stdout, stderr }
}

describe('the fixture', () => {
  test('gives each test its own organization, concurrent ones included', () => {
    const { status, stdout, stderr } = run('passing')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('8 passed')
  })

  test('prints the last calls of a failing test, and of no other', () => {
    const { status, stderr } = run('failing')
    expect(status).toBe(1)
    const told = stderr
      .split(/^stderr \| /m)
      .slice(1)
      .map((text) => text.split('\n⎯')[0]!.trim())
      .map((text) => text.replaceAll(/org-([a-z-]+)-[0-9a-f]{8}/g, 'org-$1').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'))
    const [calls, often, none] = told
    const path = `/v1${groupUser}`
    expect(calls?.split('\n')).toEqual([
      'failing.fixture.ts > calls, and fails',
      'The last calls to org-calls-and-fails, oldest first:',
      '',
      `PUT ${path} {"durationMinutes":60}`,
      '  400: the token is accepted, the call is within the rate, the token may write, the body is read, INVALID_REQUEST: The request is not valid: 1 problem.',
      '  body.duration_minutes is required: expected an integer of at most 525960',
      '  without effect: body.durationMinutes; did you mean duration_minutes?',
      '  hint: Not known here: body.durationMinutes; did you mean duration_minutes?',
      '',
      `PUT ${path} {"duration_minutes":60}`,
      expect.stringMatching(/^ {2}cut off: .*, the body is read, fault rule fault-\d+: drop$/),
      '',
      `PUT ${path} {"duration_minutes":60}`,
      '  200: access expires that many minutes from now',
      expect.stringMatching(/^ {2}updated group_user [0-9a-f-]{36} [0-9a-f-]{36}: expiration_date null -> "\d{4}-.*Z"/),
      '',
      'Open http://127.0.0.1:1/#org-calls-and-fails for all of it, as long as the sandbox runs.',
    ])
    expect(often?.match(/(?<="duration_minutes":)\d+/g)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
    expect(none).toBe(
      'failing.fixture.ts > fails without a call\n' +
        'No call reached org-fails-without-a-call: the code under test has to call http://127.0.0.1:1/v1 with the token org-fails-without-a-call.',
    )
    expect(told).toHaveLength(3)
  })
})
