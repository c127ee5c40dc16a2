import { describe, expect, test } from 'vitest'
import { propagationStatuses } from '../../../src/domain/propagation.js'
import { groupUserPath, ids, sandbox, tokens } from '../../helper.js'
import { call, type Opened } from './calls.js'

const timelines = {
  user: [{ status: 'ERR_REMOTE_USER_NOT_FOUND' }],
  group: [{ status: 'ERR_REMOTE_RESOURCE_NOT_FOUND' }],
  settings: [{ status: 'ERR_REMOTE_THROTTLE' }],
}

const groupId = '0c000000-0000-4000-8000-000000000001'
const userId = '0c000000-0000-4000-8000-000000000002'
const path = groupUserPath(groupId, userId)

interface GroupUser {
  propagation_status?: { status: string }
}

function statusOf(groupUser: unknown): string {
  return (groupUser as GroupUser).propagation_status?.status ?? 'none'
}

function seedOf(
  given: (keyof typeof timelines)[],
  groupUser: object = {},
  own: Partial<Record<keyof typeof timelines, object[]>> = timelines,
) {
  const timeline = (place: keyof typeof timelines) => given.includes(place) && { propagation: own[place] }
  return {
    version: 1,
    settings: { ...timeline('settings') },
    users: { eve: { user_id: userId, email: 'eve@company.dev', full_name: 'Eve Adams', ...timeline('user') } },
    groups: { team: { group_id: groupId, name: 'Team', group_type: 'OPAL_GROUP', ...timeline('group') } },
    group_users: [{ group: 'team', user: 'eve', ...groupUser }],
  }
}

/** The status in each read that shows the group user. */
async function readStatuses(opened: Opened, token = 'org-a') {
  const ofGroup = (await call(opened, token, 'GET', `/v1/groups/${groupId}/users`)) as { results: unknown[] }
  const ofUser = (await call(opened, token, 'GET', `/v1/groups/users/${userId}`)) as { results: unknown[] }
  return [...ofGroup.results, ...ofUser.results].map(statusOf)
}

describe('the timeline of a push', () => {
  test.each<[given: (keyof typeof timelines)[], status: string]>([
    [['user', 'group', 'settings'], 'ERR_REMOTE_USER_NOT_FOUND'],
    [['user', 'group'], 'ERR_REMOTE_USER_NOT_FOUND'],
    [['user', 'settings'], 'ERR_REMOTE_USER_NOT_FOUND'],
    [['user'], 'ERR_REMOTE_USER_NOT_FOUND'],
    [['group', 'settings'], 'ERR_REMOTE_RESOURCE_NOT_FOUND'],
    [['group'], 'ERR_REMOTE_RESOURCE_NOT_FOUND'],
    [['settings'], 'ERR_REMOTE_THROTTLE'],
    [[], 'SUCCESS'],
  ])('where %j have one leads to %s, in a seed, by POST and by PUT', async (given, status) => {
    const opened = await sandbox({ seed: seedOf(given) })
    expect(await readStatuses(opened)).toEqual([status, status])
    expect(statusOf(await call(opened, 'org-a', 'POST', path, { duration_minutes: 5 }))).toBe(status)
    expect(statusOf(await call(opened, 'org-a', 'PUT', path, { duration_minutes: 5 }))).toBe(status)
    expect(await readStatuses(opened)).toEqual([status, status])
  })

  test("of a seed's group user has precedence if it has one", async () => {
    const opened = await sandbox({
      seed: seedOf(['user', 'group', 'settings'], { propagation: [{ status: 'ERR_UNKNOWN' }] }),
    })
    expect(await readStatuses(opened)).toEqual(['ERR_UNKNOWN', 'ERR_UNKNOWN'])
    // The next push is one like any other.
    expect(statusOf(await call(opened, 'org-a', 'PUT', path, { duration_minutes: 5 }))).toBe(
      'ERR_REMOTE_USER_NOT_FOUND',
    )
  })

  test('of changed settings applies to later pushes', async () => {
    const opened = await sandbox({ seed: seedOf([]) })
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { propagation: [{ status: 'ERR_TIMEOUT' }] })
    expect(await readStatuses(opened)).toEqual(['SUCCESS', 'SUCCESS'])
    await call(opened, 'org-a', 'PUT', path, { duration_minutes: 5 })
    expect(await readStatuses(opened)).toEqual(['ERR_TIMEOUT', 'ERR_TIMEOUT'])
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { propagation: [{ status: 'SUCCESS' }] })
    expect(await readStatuses(opened)).toEqual(['ERR_TIMEOUT', 'ERR_TIMEOUT'])
  })

  const steps = [{ status: 'PENDING', for: '5s' }, { status: 'ERR_REMOTE_THROTTLE', for: '1m' }, { status: 'SUCCESS' }]

  test.each([
    ['POST', { duration_minutes: 60 }],
    ['PUT', { duration_minutes: 60 }],
    ['PUT', { duration_minutes: 0 }],
    ['PUT', { duration_minutes: 60, access_level_remote_id: '' }],
  ])('begins with each %s of %j, and its statuses come in their time', async (method, body) => {
    const opened = await sandbox({ seed: seedOf(['group'], {}, { group: steps }) })
    const seen: unknown[] = []
    for (const advance of ['10m', '4999ms', '1ms', '59999ms', '1ms', '20m']) {
      await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance })
      if (advance === '10m') {
        seen.push(...(await readStatuses(opened)))
        seen.push(statusOf(await call(opened, 'org-a', method, path, body)))
      }
      seen.push((await readStatuses(opened)).join(' '))
    }
    expect(seen).toEqual([
      'SUCCESS',
      'SUCCESS',
      'PENDING',
      'PENDING PENDING',
      'PENDING PENDING',
      'ERR_REMOTE_THROTTLE ERR_REMOTE_THROTTLE',
      'ERR_REMOTE_THROTTLE ERR_REMOTE_THROTTLE',
      'SUCCESS SUCCESS',
      'SUCCESS SUCCESS',
    ])
  })

  test('starts again with a PUT in the middle', async () => {
    const opened = await sandbox({ seed: seedOf(['user'], {}, { user: steps }) })
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '30s' })
    expect(await readStatuses(opened)).toEqual(['ERR_REMOTE_THROTTLE', 'ERR_REMOTE_THROTTLE'])
    await call(opened, 'org-a', 'PUT', path, { duration_minutes: 60 })
    expect(await readStatuses(opened)).toEqual(['PENDING', 'PENDING'])
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '4s' })
    await call(opened, 'org-a', 'PUT', path, { duration_minutes: 60 })
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '4s' })
    expect(await readStatuses(opened)).toEqual(['PENDING', 'PENDING'])
  })

  test('of a seed starts at the time of the push in the seed', async () => {
    const opened = await sandbox({ seed: seedOf(['user'], { pushed_at: '-10s' }, { user: steps }) })
    expect(await readStatuses(opened)).toEqual(['ERR_REMOTE_THROTTLE', 'ERR_REMOTE_THROTTLE'])
  })

  test('is at its start if the clock is set back before the push', async () => {
    const opened = await sandbox({ seed: seedOf(['user'], {}, { user: steps }) })
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { set: '2001-01-01T00:00:00Z' })
    expect(await readStatuses(opened)).toEqual(['PENDING', 'PENDING'])
  })

  test('neither ends access nor prolongs it', async () => {
    const opened = await sandbox({ seed: seedOf(['user'], { expires_at: '+1m' }) })
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '1m' })
    expect(await readStatuses(opened)).toEqual([])
  })
})

describe('access that was synced from the remote system', () => {
  test('shows no status until it is pushed', async () => {
    const opened = await sandbox({ seed: seedOf(['user', 'group', 'settings'], { pushed_at: null }) })
    expect(await readStatuses(opened)).toEqual(['none', 'none'])
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '1d' })
    expect(await readStatuses(opened)).toEqual(['none', 'none'])
    expect(statusOf(await call(opened, 'org-a', 'PUT', path, { duration_minutes: 5 }))).toBe(
      'ERR_REMOTE_USER_NOT_FOUND',
    )
    expect(await readStatuses(opened)).toEqual(['ERR_REMOTE_USER_NOT_FOUND', 'ERR_REMOTE_USER_NOT_FOUND'])
  })

  test('is in the built-in seed', async () => {
    const opened = await sandbox()
    expect(await call(opened, tokens.fullAccess, 'GET', `/v1/groups/${ids.plainGroup}/users`)).toEqual({
      results: [
        {
          group_id: ids.plainGroup,
          group_name: 'Announcements',
          description: '',
          user_id: ids.brett,
          access_level: { access_level_name: '', access_level_remote_id: '' },
          full_name: 'Brett Ashley',
          email: 'brett@company.dev',
          expiration_date: null,
        },
      ],
      next: null,
      previous: null,
    })
  })
})

test.each(propagationStatuses.slice(0, 21).map((status, index) => [status, index + 1] as const))(
  'the magic user of %s brings it about in any group',
  async (status, index) => {
    const opened = await sandbox()
    const magicId = `00000000-0000-4000-b000-${String(index).padStart(12, '0')}`
    const added = await call(opened, tokens.fullAccess, 'POST', groupUserPath(ids.oktaGroup, magicId))
    const magicGroup = '00000000-0000-4000-8000-00000000cafe'
    const changed = await call(opened, tokens.fullAccess, 'PUT', groupUserPath(magicGroup, magicId), {
      duration_minutes: 60,
    })
    expect([statusOf(added), statusOf(changed)]).toEqual([status, status])
  },
)
