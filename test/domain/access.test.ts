import { describe, expect, test } from 'vitest'
import {
  checkDuration,
  decideAdd,
  decideRemove,
  decideUpdate,
  liveAccess,
  type Access,
  type Decision,
  type Standing,
} from '../../src/domain/access.js'
import type { BehaviorId } from '../../src/domain/behaviors.js'
import { momentAt } from '../../src/domain/clock.js'
import { Refusal } from '../../src/domain/refusal.js'
import { defaultSettings, type OrganizationSettings } from '../../src/domain/settings.js'

const now = momentAt(Date.parse('2022-01-23T03:56:07.000Z'))
const nowText = '2022-01-23T03:56:07.000Z'
const inAnHour = '2022-01-23T04:56:07.000Z'

const admin = { access_level_name: 'Admin', access_level_remote_id: 'admin' }
const byDefault = { access_level_name: '', access_level_remote_id: '' }
const [userTimeline, groupTimeline, ownTimeline] = ['PENDING', 'ERR_TIMEOUT', 'ERR_UNKNOWN'].map(
  (status) => `[{"status":"${status}"}]`,
) as [string, string, string]

const stored: Access = {
  access_level_remote_id: 'admin',
  expiration_date: null,
  pushed_at: '2022-01-01T00:00:00.000Z',
  propagation: null,
}
const expired: Access = { ...stored, expiration_date: '2022-01-23T03:56:07.000Z' }

function standing(access: Access | undefined, propagation: { user?: string; group?: string } = {}): Standing {
  return {
    target: { noun: 'group', id: 'some-group', propagation: propagation.group ?? null },
    user: { user_id: 'some-user', propagation: propagation.user ?? null },
    access,
    levels: { find: (id) => (id === 'admin' ? admin : undefined), list: () => [admin] },
  }
}

/** Access that was pushed now. */
function pushed(access_level_remote_id: string, expiration_date: string | null, propagation: string | null = null) {
  return { access_level_remote_id, expiration_date, pushed_at: nowText, propagation }
}

/** The decision, or the code, message and hint of the refusal. */
function outcome(decide: () => unknown): unknown {
  try {
    const decision = decide() as Decision | undefined
    return decision && 'decided' in decision ? { ...decision, decided: decision.decided.ids } : decision
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, details } = error
    return { code, message, ...details }
  }
}

/** A decision with the ids of the behaviors. */
type Decided = Omit<Decision, 'decided'> & { decided: BehaviorId[] }
type Outcome = Decided | ({ code: string } & Record<string, unknown>)

const add = 'POST /v1/groups/some-group/users/some-user'
const notInGroup = (hint: string) => ({
  code: 'GROUP_USER_NOT_FOUND',
  message: 'User some-user has no access to group some-group.',
  hint,
})
const neverGiven = notInGroup(`Grant access first with ${add}.`)
const hasExpired = notInGroup(`The access expired at ${nowText}. Grant it again with ${add}.`)
const levelUnknown = {
  code: 'ACCESS_LEVEL_NOT_FOUND',
  message: 'The group has no access level "root". It has "admin" (Admin), "" (the default level).',
  hint: 'Send the access_level_remote_id of one of those, or leave it out.',
}

describe('an update', () => {
  test.each<[what: string, minutes: number, level: string | undefined, access: Access | undefined, Outcome]>([
    ['of an hour ends in an hour', 60, 'admin', stored, updated('admin', inAnHour, 'access_expires', 'level_named')],
    ['of 0 never ends', 0, 'admin', stored, updated('admin', null, 'access_indefinite', 'level_named')],
    [
      'of a minute ends in a minute',
      1,
      '',
      stored,
      updated('', '2022-01-23T03:57:07.000Z', 'access_expires', 'default_level_named'),
    ],
    [
      'of the longest time',
      525_960,
      '',
      stored,
      updated('', '2023-01-23T09:56:07.000Z', 'access_expires', 'default_level_named'),
    ],
    [
      'without a level keeps the current one',
      60,
      undefined,
      stored,
      updated('admin', inAnHour, 'level_kept', 'access_expires'),
    ],
    [
      'without a level keeps a level that the group no longer has',
      60,
      undefined,
      { ...stored, access_level_remote_id: 'gone' },
      {
        change: 'update',
        access: pushed('gone', inAnHour),
        level: { access_level_name: '', access_level_remote_id: 'gone' },
        decided: ['level_kept', 'access_expires'],
      },
    ],
    ['to the default level', 60, '', stored, updated('', inAnHour, 'access_expires', 'default_level_named')],
    ['to an unknown level', 60, 'root', stored, levelUnknown],
    [
      'of a negative duration revokes',
      -5,
      undefined,
      stored,
      { change: 'remove', access: pushed('admin', nowText), level: admin, decided: ['access_revoked', 'level_kept'] },
    ],
    ['of a user who was never in the group', 60, undefined, undefined, neverGiven],
    ['of a user who was never in the group, to an unknown level', 60, 'root', undefined, neverGiven],
    ['of access that has expired', 60, undefined, expired, hasExpired],
    [
      'of access that ends in a millisecond',
      0,
      '',
      { ...stored, expiration_date: '2022-01-23T03:56:07.001Z' },
      updated('', null, 'access_indefinite', 'default_level_named'),
    ],
  ])('%s', (_what, duration_minutes, access_level_remote_id, access, expected) => {
    const request = { duration_minutes, access_level_remote_id }
    expect(outcome(() => decideUpdate(request, standing(access), defaultSettings, now))).toEqual(expected)
  })

  function updated(level: string, expiration_date: string | null, ...decided: BehaviorId[]): Decided {
    const shown = level === 'admin' ? admin : byDefault
    return { change: 'update', access: pushed(level, expiration_date), level: shown, decided }
  }
})

describe('an update, by setting', () => {
  const create: Partial<OrganizationSettings> = { missing_group_user_on_update: 'create' }
  const accept: Partial<OrganizationSettings> = { unknown_access_level: 'accept' }
  const root = { access_level_name: '', access_level_remote_id: 'root' }

  test.each<
    [
      what: string,
      Partial<OrganizationSettings>,
      minutes: number,
      level: string | undefined,
      Access | undefined,
      Outcome,
    ]
  >([
    [
      'creates access that is missing',
      create,
      60,
      undefined,
      undefined,
      {
        change: 'insert',
        access: pushed('', inAnHour),
        level: byDefault,
        decided: ['access_created', 'level_left_out', 'access_expires'],
      },
    ],
    [
      'creates access in place of access that has expired, at the default level',
      create,
      60,
      undefined,
      expired,
      {
        change: 'insert',
        access: pushed('', inAnHour),
        level: byDefault,
        decided: ['access_created', 'level_left_out', 'access_expires'],
      },
    ],
    ['does not create access that has already ended', create, -1, undefined, undefined, neverGiven],
    [
      'accepts an unknown level',
      accept,
      60,
      'root',
      stored,
      {
        change: 'update',
        access: pushed('root', inAnHour),
        level: root,
        decided: ['level_accepted', 'access_expires'],
      },
    ],
  ])('%s', (_what, settings, duration_minutes, access_level_remote_id, access, expected) => {
    const request = { duration_minutes, access_level_remote_id }
    const decide = () => decideUpdate(request, standing(access), { ...defaultSettings, ...settings }, now)
    expect(outcome(decide)).toEqual(expected)
  })
})

describe('an addition', () => {
  const conflict: Partial<OrganizationSettings> = { re_add: 'conflict' }

  test.each<[what: string, Partial<OrganizationSettings>, minutes: number, level: string, Access | undefined, Outcome]>(
    [
      [
        'inserts access',
        {},
        60,
        'admin',
        undefined,
        {
          change: 'insert',
          access: pushed('admin', inAnHour),
          level: admin,
          decided: ['access_expires', 'level_named'],
        },
      ],
      [
        'inserts access in place of access that has expired',
        conflict,
        0,
        '',
        expired,
        {
          change: 'insert',
          access: pushed('', null),
          level: byDefault,
          decided: ['access_indefinite', 'default_level_named'],
        },
      ],
      [
        'replaces access',
        {},
        60,
        '',
        stored,
        {
          change: 'update',
          access: pushed('', inAnHour),
          level: byDefault,
          decided: ['access_replaced', 'access_expires', 'default_level_named'],
        },
      ],
      [
        'with a negative duration ends access',
        {},
        -1,
        '',
        stored,
        {
          change: 'remove',
          access: pushed('', nowText),
          level: byDefault,
          decided: ['access_revoked', 'default_level_named'],
        },
      ],
      ['at an unknown level', {}, 60, 'root', undefined, levelUnknown],
      [
        'of a user who is already in the group',
        conflict,
        60,
        '',
        stored,
        {
          code: 'GROUP_USER_EXISTS',
          message: 'User some-user is already in group some-group.',
          hint: 'The setting re_add is "conflict" in this organization. Change the access with PUT /v1/groups/some-group/users/some-user.',
        },
      ],
      ['at an unknown level for a user who is already in the group', conflict, 60, 'root', stored, levelUnknown],
    ],
  )('%s', (_what, settings, duration_minutes, access_level_remote_id, access, expected) => {
    const request = { duration_minutes, access_level_remote_id }
    const decide = () => decideAdd(request, standing(access), { ...defaultSettings, ...settings }, now)
    expect(outcome(decide)).toEqual(expected)
  })
})

describe('a removal', () => {
  test.each<[what: string, level: string, access: Access | undefined, expected: unknown]>([
    ['at the current level', 'admin', stored, ['level_named', 'access_removed']],
    [
      'at another level',
      '',
      stored,
      {
        code: 'GROUP_USER_NOT_FOUND',
        message: 'User some-user has no access to group some-group at the level "".',
        hint: 'The user\'s level is "admin": send access_level_remote_id=admin.',
      },
    ],
    ['of access that was never granted', '', undefined, neverGiven],
    ['of access that has expired', 'admin', expired, hasExpired],
  ])('%s', (_what, level, access, expected) => {
    expect(outcome(() => decideRemove(level, standing(access), now).ids)).toEqual(expected)
  })
})

test.each([
  ['the timeline of the user', { user: userTimeline, group: groupTimeline }, ownTimeline, userTimeline],
  ['else that of the group', { group: groupTimeline }, ownTimeline, groupTimeline],
  ['else that of the organization', {}, ownTimeline, ownTimeline],
  ['else none', {}, null, null],
])('a push follows %s', (_which, timelines, propagation, expected) => {
  const settings = { ...defaultSettings, propagation }
  for (const decide of [
    () => decideUpdate({ duration_minutes: 0 }, standing(stored, timelines), settings, now),
    () => decideAdd({ duration_minutes: 0, access_level_remote_id: '' }, standing(stored, timelines), settings, now),
  ]) {
    expect(decide().access.propagation).toBe(expected)
  }
})

describe('stored access', () => {
  test.each([
    [null, true],
    ['2022-01-23T03:56:07.001Z', true],
    ['2022-01-23T03:56:07.000Z', false],
    ['1970-01-01T00:00:00.000Z', false],
  ])('that ends at %s is live: %s', (expiration_date, isLive) => {
    const access = { ...stored, expiration_date }
    expect(liveAccess(access, now)).toEqual(isLive ? access : undefined)
  })

  test('that does not exist is not live', () => {
    expect(liveAccess(undefined, now)).toBe(undefined)
  })
})

test.each<[minutes: number, settings: Partial<OrganizationSettings>, message: string | undefined]>([
  [525_960, {}, undefined],
  [525_961, {}, 'expected an integer of at most 525960, got 525961'],
  [525_961, { max_duration_minutes: 525_961 }, undefined],
  [61, { max_duration_minutes: 60 }, 'expected an integer of at most 60, got 61'],
  [4_195_989_843, { max_duration_minutes: 1e10 }, undefined],
  [
    4_195_989_844,
    { max_duration_minutes: 1e10 },
    'expected access that ends in the year 9999 or earlier, got 4195989844',
  ],
  [-5, {}, undefined],
  [0, { negative_duration: 'reject' }, undefined],
  [
    -5,
    { negative_duration: 'reject' },
    'expected 0 or more, got -5: this organization\'s setting negative_duration is "reject"',
  ],
])('the duration %d under %j is rejected with %s', (minutes, settings, message) => {
  const decide = () => checkDuration(minutes, { ...defaultSettings, ...settings }, now, 'query', 'addition_too_long')
  const refused = outcome(decide)
  const errors = (refused as { errors?: unknown } | undefined)?.errors
  expect(errors).toEqual(message && [{ path: 'query.duration_minutes', message }])
})
