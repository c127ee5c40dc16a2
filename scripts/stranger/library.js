// Prints the status of a PUT to a sandbox in this process. It must exit by itself.
import { createSandbox } from 'opal-sandbox'

const sandbox = await createSandbox()
const { baseUrl, token } = sandbox.organization('stranger')
const groupUser = '/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3/users/29827fb8-f2dd-4e80-9576-28e31e9934ac'
const answer = await fetch(baseUrl + groupUser, {
  method: 'PUT',
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  body: JSON.stringify({ duration_minutes: 60 }),
})
await answer.arrayBuffer()
await sandbox.close()
console.log(answer.status)
