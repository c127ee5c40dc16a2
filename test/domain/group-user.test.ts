import { describe, expect, test } from 'vitest'
import {
  grantAccess,
  groupUserNotFound,
  liveAccess,
  negativeDurationRejected,
  type Access,
  type Grant,
} from '../../src/domain/group-user.js'

const now = Date.parse('2022-01-23T03:56:07.000Z')

const stored: Access = {
  access_level_remote_id: 'admin',
  expiration_date: null,
  pushed_at: '2022-01-01T00:00:00.000Z',
  propagation: null,
}

describe('access that is stored', () => {
  test.each([
    ['for ever', null],
    ['for another millisecond', '2022-01-23T03:56:07.001Z'],
  ])('counts where it lasts %s', (_how, expiration_date) => {
    const access = { ...stored, expiration_date }
    expect(liveAccess(access, now)).toEqual(access)
  })

  test.each([
    ['at this moment', '2022-01-23T03:56:07.000Z'],
    ['long ago', '1970-01-01T00:00:00.000Z'],
  ])('counts as absent where it ended %s', (_when, expiration_date) => {
    expect(liveAccess({ ...stored, expiration_date }, now)).toBe(undefined)
  })

  test('is absent where there is none', () => {
    expect(liveAccess(undefined, now)).toBe(undefined)
  })
})

describe('a grant', () => {
  test.each<[grant: Grant, access: Access]>([
    [
      { access_level_remote_id: 'admin', duration_minutes: 60, propagation: '[{"status":"PENDING"}]' },
      {
        access_level_remote_id: 'admin',
        expiration_date: '2022-01-23T04:56:07.000Z',
        pushed_at: '2022-01-23T03:56:07.000Z',
        propagation: '[{"status":"PENDING"}]',
      },
    ],
    [
      { access_level_remote_id: '', duration_minutes: 0, propagation: null },
      {
        access_level_remote_id: '',
        expiration_date: null,
        pushed_at: '2022-01-23T03:56:07.000Z',
        propagation: null,
      },
    ],
    [
      { access_level_remote_id: 'admin', duration_minutes: -5, propagation: null },
      {
        access_level_remote_id: 'admin',
        expiration_date: '2022-01-23T03:56:07.000Z',
        pushed_at: '2022-01-23T03:56:07.000Z',
        propagation: null,
      },
    ],
  ])('of %j leads to %j', (grant, access) => {
    expect(grantAccess(grant, now)).toEqual(access)
  })
})

describe('the refusal of a user who is not in the group', () => {
  const add = 'POST /v1/groups/some-group/users/some-user'

  test.each<[what: string, stored: Access | undefined, hint: string]>([
    ['says how to give access where there was none', undefined, `Give access first with ${add}.`],
    [
      'says when access ended that ran out',
      { ...stored, expiration_date: '2022-01-01T00:00:00.000Z' },
      `The access ended at 2022-01-01T00:00:00.000Z. Give it again with ${add}.`,
    ],
  ])('%s', (_what, stored, hint) => {
    const refusal = groupUserNotFound('some-group', 'some-user', stored)
    expect({ code: refusal.code, message: refusal.message, details: refusal.details }).toEqual({
      code: 'GROUP_USER_NOT_FOUND',
      message: 'User some-user has no access to group some-group.',
      details: { hint },
    })
  })
})

test('the refusal of a negative duration says which setting refuses it', () => {
  expect(negativeDurationRejected(-5, 'body.duration_minutes').details.errors).toEqual([
    {
      path: 'body.duration_minutes',
      message: 'expected 0 or more, got -5: this organization\'s setting negative_duration is "reject"',
    },
  ])
})
