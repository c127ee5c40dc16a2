import { expect, test } from 'vitest'
import { ids, sandbox, tokens } from '../../helper.js'
import { routes, sampleCall } from '../sample-calls.js'
import { call } from '../sandbox/calls.js'

// What the API accepts is stored, and an export or a snapshot that holds it must be a seed.

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** The same value once for each of its texts, with that text replaced. */
function replaceEach(value: Json, text: string): Json[] {
  if (typeof value === 'string') return [text]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) =>
    replaceEach(part, text).map((replaced) =>
      Array.isArray(value)
        ? value.map((item, index) => (String(index) === name ? replaced : item))
        : { ...value, [name]: replaced },
    ),
  )
}

const withBody = routes.filter(({ url, body }) => url.startsWith('/v1/') && body)

test.each(withBody)('$id accepts no text with a NUL or a lone surrogate', async (route) => {
  const { app } = await sandbox()
  const { method, url, body } = sampleCall(route)
  const bodies = ['a\0@b', 'a\ud800@b'].flatMap((text) => replaceEach(body as Json, text))
  const answers = await Promise.all(
    bodies.map((payload) =>
      app.inject({
        method: method as 'PUT',
        url,
        headers: { authorization: `Bearer ${tokens.fullAccess}` },
        payload: payload as object,
      }),
    ),
  )
  expect(answers.map((answer) => answer.json<{ code?: string }>().code)).toEqual(bodies.map(() => 'INVALID_REQUEST'))
})

test('a level with a NUL is rejected as text, even if unknown levels are accepted', async () => {
  const opened = await sandbox()
  await call(opened, tokens.fullAccess, 'PATCH', '/_sandbox/settings', { unknown_access_level: 'accept' })
  const answer = await opened.agent
    .put(`/v1/groups/${ids.apiGroup}/users/${ids.jake}`)
    .send({ duration_minutes: 60, access_level_remote_id: 'a\0' })
  expect(answer.body).toMatchObject({
    code: 'INVALID_REQUEST',
    errors: [
      { path: 'body.access_level_remote_id', message: 'expected text without NUL characters or lone surrogates' },
    ],
  })
})
