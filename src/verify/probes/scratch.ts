import { randomUUID } from 'node:crypto'
import type { BehaviorId } from '../../domain/behaviors.js'
import { maxDurationMinutes } from '../../domain/settings.js'
import { NotAsPlanned, type ApiAnswer, type ApiCall, type CallOptions, type Method } from '../call.js'
import { isRow, pageOf, type JsonObject } from '../survey.js'
import type { Asking, Probe, Reading, Scratch } from '../probe.js'
import { readingOf, refusal } from './read.js'

const template = '/groups/{group_id}/users/{user_id}'

/** The longest duration in Opal's newest document. */
const newestMaxMinutes = 153_722_867

/** Each begins without access of the scratch user to the scratch group. The run ends what a probe gave. */
export const scratchProbes: Probe[] = [
  scratch('missing_group_user', 'What does a PUT do if the user has no access to the group?', {
    calls: 1,
    setting: 'missing_group_user_on_update',
    expects: (settings) => settings.missing_group_user_on_update,
    readings: { not_found: ['GROUP_USER_NOT_FOUND'], create: ['access_created'] },
    run: async (asking) => readingOf(await put(asking, { duration_minutes: 5 }), { 404: 'not_found', 200: 'create' }),
  }),
  scratch('re_add', 'What does a POST do if the user is in the group already?', {
    calls: 2,
    setting: 're_add',
    expects: ({ re_add }) => re_add,
    readings: { replace: ['access_replaced'], conflict: ['GROUP_USER_EXISTS'] },
    async run(asking) {
      await add(asking)
      const again = await change(asking, 'POST', { body: { duration_minutes: 6 } })
      return readingOf(again, { 200: 'replace', 409: 'conflict' })
    },
  }),
  scratch('negative_duration', 'What does a negative duration do?', {
    calls: 3,
    setting: 'negative_duration',
    expects: (settings) => settings.negative_duration,
    readings: { revoke: ['access_revoked'], reject: ['negative_duration_rejected'] },
    async run(asking) {
      await add(asking)
      const ended = await put(asking, { duration_minutes: -1 })
      if (ended.status === 200) {
        const access = await listOwnAccess(asking.call, asking.scratch)
        asking.holds('listed', access.length === 0, 'access that a negative duration ended is still listed')
      }
      return readingOf(ended, { 200: 'revoke', 400: 'reject' })
    },
  }),
  scratch('unknown_level', 'What happens to an access level that the group does not have?', {
    calls: 1,
    setting: 'unknown_access_level',
    expects: (settings) => settings.unknown_access_level,
    readings: { reject: ['ACCESS_LEVEL_NOT_FOUND'], accept: ['level_accepted'] },
    async run(asking) {
      const body = { duration_minutes: 5, access_level_remote_id: 'opal-sandbox-no-such-level' }
      return readingOf(await change(asking, 'POST', { body }), { 400: 'reject', 200: 'accept' })
    },
  }),
  scratch('unknown_field', 'What happens to a field of a body that the API does not know?', {
    calls: 1,
    setting: 'unknown_fields',
    expects: ({ unknown_fields }) => unknown_fields,
    readings: { report: ['fields_ignored'], reject: ['fields_rejected'] },
    async run(asking) {
      const body = { duration_minutes: 5, opal_sandbox_no_such_field: 1 }
      return readingOf(await change(asking, 'POST', { body }), { 200: 'report', 400: 'reject' })
    },
  }),
  scratch('longest_update', 'What is the longest duration that a PUT accepts?', {
    calls: 3,
    setting: 'max_duration_minutes',
    expects: ({ max_duration_minutes }) => String(max_duration_minutes),
    readings: { [maxDurationMinutes]: ['update_too_long'], [newestMaxMinutes]: ['longer_accepted'] },
    async run(asking) {
      await add(asking)
      const longer = await put(asking, { duration_minutes: maxDurationMinutes + 1 })
      if (longer.status !== 200)
        return decideMaximum(await put(asking, { duration_minutes: maxDurationMinutes }), longer)
      const newest = await put(asking, { duration_minutes: newestMaxMinutes })
      return readingOf(newest, { 200: String(newestMaxMinutes) })
    },
  }),
  scratch('longest_addition', 'Does the same maximum hold for a POST?', {
    calls: 1,
    expects: ({ max_duration_minutes }) => (max_duration_minutes > maxDurationMinutes ? 'accepted' : 'rejected'),
    readings: { rejected: ['addition_too_long'], accepted: ['longer_accepted'] },
    async run(asking) {
      const answer = await change(asking, 'POST', { body: { duration_minutes: maxDurationMinutes + 1 } })
      return readingOf(answer, { 400: 'rejected', 200: 'accepted' })
    },
  }),
  scratch('duration', 'Does access expire its duration after now?', {
    calls: 2,
    expects: () => 'after_now',
    readings: { after_now: ['access_expires'], never: [] },
    async run(asking) {
      const answer = await add(asking)
      const { expiration_date } = rowOf(answer)
      const members = await listOwnAccess(asking.call, asking.scratch)
      asking.holds('listed', members.length === 1, `the user is listed ${members.length} times after being added`)
      if (typeof expiration_date !== 'string') return { reading: 'never', saw: JSON.stringify(expiration_date) }
      // The server's own time: the clock of this machine may be wrong.
      const sentAt = Date.parse(answer.headers.get('date') ?? '')
      const isAfterNow = Math.abs(Date.parse(expiration_date) - sentAt - 60 * 60_000) < 120_000
      const saw = `60 minutes after ${new Date(sentAt).toJSON()}: ${expiration_date}`
      asking.holds('expiration', isAfterNow, saw)
      return { reading: isAfterNow ? 'after_now' : 'unknown', saw }
    },
  }),
  scratch('duration_left_out', 'How long is access that a POST without any duration gives?', {
    calls: 1,
    expects: () => 'indefinite',
    readings: { indefinite: ['duration_left_out'] },
    async run(asking) {
      const answer = await change(asking, 'POST', {})
      const isIndefinite = answer.status === 200 && rowOf(answer).expiration_date === null
      return isIndefinite ? { reading: 'indefinite', saw: 'null' } : readingOf(answer, {})
    },
  }),
  rejected('missing_field', 'What is the status of a PUT without duration_minutes?', 400, ['INVALID_REQUEST'], {
    body: {},
  }),
  rejected('text_for_a_number', 'What is the status of a duration that is sent as text?', 400, ['INVALID_REQUEST'], {
    body: { duration_minutes: '60' },
  }),
  rejected('not_json', 'What is the status of a body that is not JSON?', 400, ['INVALID_REQUEST'], {
    text: { content: '{"duration_minutes":', type: 'application/json' },
  }),
  rejected('other_type', 'What is the status of a body of another type?', 415, ['CONTENT_TYPE_UNSUPPORTED'], {
    text: { content: '{"duration_minutes":5}', type: 'text/plain' },
  }),
  rejected('large_body', 'What is the status of a body over 64 KiB?', 413, ['BODY_TOO_LARGE'], {
    body: { duration_minutes: 5, opal_sandbox_no_such_field: 'x'.repeat(64 * 1024) },
  }),
  scratch('other_method', 'What is the status of a method that the path does not have?', {
    calls: 1,
    expects: () => '405',
    readings: { 405: ['METHOD_NOT_ALLOWED'] },
    run: async (asking) => readingOf(await change(asking, 'PATCH', { body: {} }), { 405: '405' }),
  }),
  scratch('end_missing_access', 'What is the status of a DELETE if the user has no access to the group?', {
    calls: 1,
    expects: () => '404',
    readings: { 404: ['GROUP_USER_NOT_FOUND'] },
    run: async (asking) => readingOf(await change(asking, 'DELETE', {}), { 404: '404' }),
  }),
  scratch('end_other_level', 'What is the status of a DELETE that names another level than the access has?', {
    calls: 2,
    expects: () => '404',
    readings: { 404: ['GROUP_USER_NOT_FOUND'] },
    async run(asking) {
      await add(asking)
      const query = { access_level_remote_id: 'opal-sandbox-no-such-level' }
      return readingOf(await change(asking, 'DELETE', { query }), { 404: '404' })
    },
  }),
  scratch('first_visibility', 'What is the visibility of a group for which it was never set?', {
    calls: 1,
    expects: () => 'GLOBAL',
    readings: { GLOBAL: ['visibility_at_first'] },
    async run({ call, scratch: { group_id } }) {
      const answer = await call('GET', '/groups/{group_id}/visibility', { params: { group_id } })
      const { visibility } = rowOf(answer)
      return { reading: visibility === 'GLOBAL' ? 'GLOBAL' : 'unknown', saw: JSON.stringify(visibility) }
    },
  }),
  scratch('own_remote_group', 'Which remote_id and remote_name does a group of the type OPAL_GROUP have?', {
    calls: 1,
    expects: () => 'own',
    readings: { own: ['own_remote_group'], none: [] },
    async run({ call, scratch: { group_id } }) {
      const answer = await call('GET', '/groups/{group_id}', { params: { group_id } })
      const { name, remote_id, remote_name } = rowOf(answer)
      if (remote_id === undefined && remote_name === undefined) return { reading: 'none', saw: 'neither' }
      const isOwn = remote_id === group_id && remote_name === name
      return {
        reading: isOwn ? 'own' : 'unknown',
        saw: isOwn ? 'its id and its name' : 'others than its id and its name',
      }
    },
  }),
  ...(
    [
      ['owner', '/owners/{owner_id}', 'OWNER_NOT_FOUND'],
      ['message channel', '/message-channels/{message_channel_id}', 'MESSAGE_CHANNEL_NOT_FOUND'],
      ['on-call schedule', '/on-call-schedules/{on_call_schedule_id}', 'ON_CALL_SCHEDULE_NOT_FOUND'],
      ['tag', '/tag/{tag_id}', 'TAG_NOT_FOUND'],
    ] as const
  ).map(([noun, path, code]) =>
    refusal(
      `unknown_${noun.replaceAll(/\W/g, '_')}`,
      `What is the status for ${noun.startsWith('o') ? 'an' : 'a'} ${noun} that does not exist?`,
      404,
      [code],
      {
        template: path,
        params: () => Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, randomUUID()])),
      },
      'scratch',
    ),
  ),
  refusal(
    'unknown_path',
    'What is the status of a path that the API does not have?',
    404,
    ['ROUTE_NOT_FOUND'],
    { template: '/opal-sandbox-no-such-path' },
    'scratch',
  ),
]

function scratch(name: string, asks: string, rest: Omit<Probe, 'name' | 'asks' | 'level'>): Probe {
  return { name, asks, level: 'scratch', ...rest }
}

/** A PUT for access that exists, which should be rejected. The reading is the status. */
function rejected(
  name: string,
  asks: string,
  status: number,
  settles: readonly BehaviorId[],
  options: CallOptions,
): Probe {
  return scratch(name, asks, {
    calls: 2,
    expects: () => String(status),
    readings: { [status]: settles },
    async run(asking) {
      await add(asking)
      return readingOf(await change(asking, 'PUT', options), { [status]: String(status) })
    },
  })
}

const change = ({ call, scratch: { group_id, user_id } }: Asking, method: Method, options: CallOptions) =>
  call(method, template, { ...options, params: { group_id, user_id } })

async function put(asking: Asking, body: { duration_minutes: number }): Promise<ApiAnswer> {
  const answer = await change(asking, 'PUT', { body })
  if (answer.status === 200) checkEcho(asking, answer)
  return answer
}

/** Gives the access that a probe needs. */
async function add(asking: Asking): Promise<ApiAnswer> {
  const answer = await change(asking, 'POST', { body: { duration_minutes: 60 } })
  if (answer.status !== 200) throw new NotAsPlanned(`the user could not be added: ${answer.status}`)
  checkEcho(asking, answer)
  return answer
}

function checkEcho({ scratch: { group_id, user_id }, holds }: Asking, answer: ApiAnswer) {
  const row = rowOf(answer)
  holds('echo', row.group_id === group_id && row.user_id === user_id, `${answer.method} names another group or user`)
}

/** The access of the scratch user to the scratch group. */
export async function listOwnAccess(call: ApiCall, { group_id, user_id }: Scratch): Promise<JsonObject[]> {
  const { results } = pageOf(await call('GET', '/groups/{group_id}/users', { params: { group_id } }))
  return results.filter((row) => row.user_id === user_id)
}

function decideMaximum(documented: ApiAnswer, longer: ApiAnswer): Reading {
  if (documented.status === 200 && longer.status === 400) return { reading: String(maxDurationMinutes), saw: '400' }
  return readingOf(longer, {})
}

function rowOf({ json }: ApiAnswer) {
  return isRow(json) ? json : {}
}
