import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtIn } from '../../src/seed/built-in.js'
import { createRedactor } from '../../src/verify/redact.js'
import { createReport, writeJunit, writeMarkdown } from '../../src/verify/report.js'
import { createShapeJudge } from '../../src/verify/shapes.js'
import { tokens } from '../helper.js'
import { runningSandbox, verifyTarget } from './verifying.js'

const date = '2026-11-25T12:00:00.000Z'

async function reported(settings: object = {}, level: 'read' | 'scratch' = 'scratch') {
  const { target } = await runningSandbox(settings)
  const outcome = await verifyTarget(target, { level })
  return { ...createReport(outcome, '0.1.0', date), outcome, target }
}

/** Names, addresses and ids of the built-in seed. */
function privateTexts(): string[] {
  const { users = {}, groups = {}, tokens: labels = {}, apps = {} } = builtIn
  const texts = [
    ...Object.values(users).flatMap(({ user_id, email, full_name, position }) => [user_id, email, full_name, position]),
    ...Object.values(groups).flatMap((group) => [
      ...[group.group_id, group.name, group.description, group.remote_id, group.remote_name, group.app_id],
      ...Object.entries(group.access_levels ?? {}).flat(),
    ]),
    ...Object.values(labels).map(({ token_label }) => token_label),
    ...Object.values(apps).map(({ name }) => name),
  ]
  return texts.flatMap((text = '') => (text.length > 3 ? [text] : []))
}

describe('a report and an HTTP archive', () => {
  test('name nothing of the organization, and no token', async () => {
    const { report, har, outcome } = await reported()
    const all = JSON.stringify([report, har]) + writeMarkdown(report) + writeJunit(report)
    const sent = JSON.stringify(outcome.tape)
    const texts = [...privateTexts(), ...Object.values(tokens)]
    expect(texts.filter((text) => all.includes(text))).toEqual([])
    // The calls themselves had most of them.
    expect(texts.filter((text) => sent.includes(text)).length).toBeGreaterThan(10)
    expect(all).toContain('opal-sandbox-verify-')
  })

  test('keep one stand-in for one text, so that calls can be followed', async () => {
    const { har } = await reported()
    const urls = har.log.entries.map(({ request }) => request.url)
    const changes = urls.filter((url) => /\/groups\/[^/]+\/users\/[^/?]+$/.test(url))
    expect(new Set(changes).size).toBe(1)
    const [, group_id = '', user_id = ''] = /groups\/([^/]+)\/users\/([^/]+)/.exec(changes[0]!)!
    const shown = har.log.entries.find(({ request }) => request.url === changes[0] && request.method === 'POST')!
    expect(JSON.parse(shown.response.content.text)).toMatchObject({ group_id, user_id })
  })

  test('have every call', async () => {
    const { report, har, outcome, target } = await reported({}, 'read')
    expect(har.log.entries.map(({ response }) => response.status)).toEqual(
      outcome.tape.map(({ answer }) => answer!.status),
    )
    expect(har.log.entries[0]).toMatchObject({
      request: {
        method: 'GET',
        url: `${target}/v1/groups?page_size=2`,
        headers: [],
        queryString: [{ name: 'page_size', value: '2' }],
      },
      response: { status: 200, content: { mimeType: 'application/json' } },
    })
    expect(report).toMatchObject({ version: 1, calls: 20, is_sandbox: true, result: 'agrees', date })
  })

  test('replace any text of any JSON', () => {
    const marked = fc.string().map((text) => `zq${text}zq`)
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        marked,
        fc.array(tie('json')),
        fc.dictionary(fc.constantFrom('name', 'type', 'status', 'id'), tie('json')),
      ),
    }))
    fc.assert(
      fc.property(json, (value) => {
        expect(createRedactor([]).body(JSON.stringify(value))).not.toContain('zq')
      }),
    )
  })

  test.each([
    ['User jane@corp.com is in no group', 'User user-1@example.com is in no group'],
    ['No group 1b978423-db0a-4037-a4cf-f79c60cb67b3', 'No group 00000000-0000-4000-8000-000000000001'],
  ])('replace what a message names: %s', (text, expected) => {
    expect(createRedactor([]).sentence(text)).toBe(expected)
  })

  test('replace the host, unless it is public or this machine', () => {
    const outcome = {
      level: 'read',
      findings: [],
      shapes: new Map(),
      values: new Map(),
      troubles: [],
      tape: [],
      own: [],
    }
    const targetOf = (target: string) =>
      createReport({ ...outcome, level: 'read', isSandbox: false, calls: 0, target }, '0.1.0', date).report.target
    expect(['https://api.opal.dev', 'https://opal.corp.com', 'http://127.0.0.1:6725'].map(targetOf)).toEqual([
      ...['https://api.opal.dev', 'https://opal.example', 'http://127.0.0.1:6725'],
    ])
  })
})

describe('a difference', () => {
  test('is in every form of the report', async () => {
    const { report } = await reported({ re_add: 'conflict', default_access_level: 'null' })
    expect(report.result).toBe('differs')
    expect(report.readings.find(({ probe }) => probe === 're_add')).toMatchObject({
      ...{ verdict: 'differs', reading: 'conflict', expected: 'replace', setting: 're_add', calls: 2 },
      settles: ['access_replaced', 'GROUP_USER_EXISTS'],
    })
    expect(report.settings).toMatchObject({ re_add: 'conflict', default_access_level: 'null' })
    expect(report.behaviors).toContain('GROUP_USER_EXISTS')
    expect(report.shapes.find(({ what }) => what.startsWith('POST /groups/{group_id}/users'))).toMatchObject({
      problems: ['/access_level must be object'],
    })
    expect(writeMarkdown(report)).toContain('| re_add | differs | conflict | replace | 409 GROUP_USER_EXISTS')
    expect(writeJunit(report)).toMatch(
      /<testcase classname="readings" name="re_add"><failure message="expected replace, read conflict: 409 [^"]*"\/>/,
    )
  })

  test('from a document of OpenAPI 3.0, whose parameters have other names, is found', () => {
    const judge = createShapeJudge('other.yaml', {
      openapi: '3.0.3',
      paths: {
        '/users': {
          get: { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/x' } } } } } },
        },
        '/groups/{id}': { get: { responses: { 201: {} } } },
      },
      components: {
        x: { type: 'object', required: ['total'], properties: { next: { type: 'string', nullable: true } } },
      },
    })
    const answer = { method: 'GET', headers: new Headers() } as const
    expect(judge.problems({ ...answer, template: '/users', status: 200, json: { next: null } })).toEqual([
      "must have required property 'total'",
    ])
    expect(judge.problems({ ...answer, template: '/groups/{group_id}', status: 200, json: {} })).toEqual([
      'the status is 200, not 201',
    ])
    expect(judge.problems({ ...answer, template: '/tokens', status: 200, json: {} })).toBeUndefined()
  })
})

test('JUnit counts what it says, and is well-formed whatever a message holds', async () => {
  const { report } = await reported({}, 'read')
  const [first] = report.readings
  const strange = { ...first!, verdict: 'differs' as const, saw: '<&">\u0000\n\ud800' }
  const xml = writeJunit({ ...report, readings: [strange], shapes: [], values: [], troubles: ['A & B'] })
  expect(xml).toContain('tests="2" failures="1" errors="1" skipped="0"')
  expect(xml).toContain('read 404: &lt;&amp;&quot;&gt;&#10;"/>')
  expect(xml).toContain('message="A &amp; B"')
})
