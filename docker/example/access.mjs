// The app under test: it knows a base URL and a token, but not that there is a sandbox.
const { OPAL_BASE_URL, OPAL_AUTH_TOKEN } = process.env

export async function extendAccess(group, user, minutes) {
  const answer = await fetch(`${OPAL_BASE_URL}/groups/${group}/users/${user}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${OPAL_AUTH_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ duration_minutes: minutes }),
  })
  return { isExtended: answer.ok, until: (await answer.json()).expiration_date }
}
