// What every server is asked, and what those answer that have no database.

const groupId = '1b978423-db0a-4037-a4cf-f79c60cb67b3'
const userId = '29827fb8-f2dd-4e80-9576-28e31e9934ac'

/** Of the built-in seed. */
const secret = 'opal_sandbox_full_access'

export const put = {
  method: 'PUT',
  path: `/v1/groups/${groupId}/users/${userId}`,
  headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
  body: JSON.stringify({ duration_minutes: 60 }),
}

const pageSize = 200

const userIds = [
  userId,
  ...Array.from({ length: pageSize - 1 }, (_, number) => `29827fb8-f2dd-4e80-9576-${String(number).padStart(12, '0')}`),
]

/** The same for each user of the page in turn, who is in the group where the sandbox began with `pageSeed`. */
export const putInTurn = { ...put, paths: userIds.map((id) => `/v1/groups/${groupId}/users/${id}`) }

/** What is answered to it. */
export function groupUser(user_id = userId) {
  return {
    group_id: groupId,
    group_name: 'API Group',
    description: "Group required to request API's",
    user_id,
    access_level: { access_level_name: '', access_level_remote_id: '' },
    full_name: 'Jake Barnes',
    email: 'jake@company.dev',
    expiration_date: '2026-11-23T12:00:00.000Z',
    propagation_status: { status: 'SUCCESS' },
  }
}

export const getPage = {
  method: 'GET',
  path: `/v1/groups/${groupId}/users?page_size=${pageSize}`,
  headers: { authorization: `Bearer ${secret}` },
}

/** What is answered to it. */
export const page = () => ({ next: null, previous: null, results: userIds.map(groupUser) })

/** The seed from which the sandbox answers the same. */
export const pageSeed = () => ({
  version: 1,
  magic: true,
  tokens: { full_access: { access_level: 'FULL_ACCESS', secret } },
  users: Object.fromEntries(
    userIds.map((user_id, number) => [
      `jake${number}`,
      { user_id, email: `${number}@company.dev`, full_name: 'Jake Barnes' },
    ]),
  ),
  groups: {
    api: {
      group_id: groupId,
      name: 'API Group',
      description: "Group required to request API's",
      group_type: 'OPAL_GROUP',
    },
  },
  group_users: userIds.map((_, number) => ({
    group: 'api',
    user: `jake${number}`,
    expires_at: '+60m',
    pushed_at: '-1m',
  })),
})
