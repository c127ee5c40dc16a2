import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extendAccess } from './access.mjs'

const { OPAL_SANDBOX_URL, OPAL_AUTH_TOKEN } = process.env
const group = '1b978423-db0a-4037-a4cf-f79c60cb67b3'
const user = '29827fb8-f2dd-4e80-9576-28e31e9934ac'

async function advance(duration) {
  const answer = await fetch(`${OPAL_SANDBOX_URL}/_sandbox/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPAL_AUTH_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ advance: duration }),
  })
  return answer.json()
}

test('access that was extended by an hour ends after an hour', async () => {
  const { isExtended, until } = await extendAccess(group, user, 60)
  const { expired } = await advance('61m')
  const tooLate = await extendAccess(group, user, 60)
  assert.equal(isExtended, true)
  assert.deepEqual(
    expired.map(({ user_id, expiration_date }) => [user_id, expiration_date]),
    [[user, until]],
  )
  assert.equal(tooLate.isExtended, false)
})
