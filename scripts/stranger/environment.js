// Prints the status of a call to the Opal URL in the environment.
const { OPAL_BASE_URL, OPAL_AUTH_TOKEN } = process.env
const answer = await fetch(`${OPAL_BASE_URL}/users`, { headers: { authorization: `Bearer ${OPAL_AUTH_TOKEN}` } })
console.log(answer.status)
