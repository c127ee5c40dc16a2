// Prints the status of a call to where the environment says that Opal is.
const { OPAL_BASE_URL, OPAL_AUTH_TOKEN } = process.env
const answer = await fetch(`${OPAL_BASE_URL}/users`, { headers: { authorization: `Bearer ${OPAL_AUTH_TOKEN}` } })
console.log(answer.status)
