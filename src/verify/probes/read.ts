import { randomUUID } from 'node:crypto'
import type { BehaviorId } from '../../domain/behaviors.js'
import type { ApiAnswer, CallOptions } from '../call.js'
import { isRow, pageOf, smallPage, type ListPage } from '../survey.js'
import { NotAsked, type Asking, type Probe, type Reading } from '../probe.js'

export const readProbes: Probe[] = [
  refusal('unknown_group', 'What is the status for a group that does not exist?', 404, ['GROUP_NOT_FOUND'], {
    template: '/groups/{group_id}',
    params: () => ({ group_id: randomUUID() }),
  }),
  refusal('unknown_user', 'What is the status for a user who does not exist?', 404, ['USER_NOT_FOUND'], {
    template: '/users/{user_id}',
    params: () => ({ user_id: randomUUID() }),
  }),
  refusal('unknown_app', 'What is the status for an app that does not exist?', 404, ['APP_NOT_FOUND'], {
    template: '/apps/{app_id}',
    params: () => ({ app_id: randomUUID() }),
  }),
  refusal('malformed_id', 'What is the status for an id that is no UUID?', 400, ['INVALID_REQUEST'], {
    template: '/groups/{group_id}',
    params: () => ({ group_id: 'not-a-uuid' }),
  }),
  refusal('empty_id', 'What is the status if the id in a path is empty?', 404, ['ROUTE_NOT_FOUND'], {
    template: '/groups/{group_id}/users',
    params: () => ({ group_id: '' }),
  }),
  refusal('no_token', 'What is the status without a token?', 401, ['TOKEN_MISSING'], {
    template: '/users',
    query: smallPage,
    token: null,
  }),
  refusal('unknown_token', 'What is the status for a token that does not exist?', 401, ['TOKEN_UNKNOWN'], {
    template: '/users',
    query: smallPage,
    token: 'opal-sandbox-verify-no-such-token',
  }),
  refusal('page_too_large', 'What is the status for a page_size over 1000?', 400, ['INVALID_REQUEST'], {
    template: '/users',
    query: { page_size: '1001' },
  }),
  refusal('unknown_cursor', 'What is the status for a cursor that was never given?', 400, ['INVALID_REQUEST'], {
    template: '/groups',
    query: { ...smallPage, cursor: 'opal-sandbox-verify' },
  }),
  {
    name: 'unknown_parameter',
    asks: 'What happens to a query parameter that the API does not know?',
    level: 'read',
    calls: 1,
    setting: 'unknown_fields',
    expects: ({ unknown_fields }) => unknown_fields,
    readings: { report: ['fields_ignored'], reject: ['fields_rejected'] },
    async run({ call, survey, holds }) {
      const query = { ...smallPage, opal_sandbox_no_such_parameter: '1' }
      const answer = await call('GET', '/users', { query })
      if (answer.status === 200) {
        const isSame = idsOf(pageOf(answer), 'user_id').join() === idsOf(survey.users, 'user_id').join()
        holds('order', isSame, 'two calls of GET /users return other users, or another order')
      }
      return readingOf(answer, { 200: 'report', 400: 'reject' })
    },
  },
  {
    name: 'previous',
    asks: 'What is `previous` on the second page of a list?',
    level: 'read',
    calls: 1,
    expects: () => 'cursor_of_this_page',
    readings: { cursor_of_this_page: ['pages'], null: [], first_page: [] },
    async run({ call, survey: { groups }, holds }) {
      const { next } = groups
      if (typeof next !== 'string' || next === '') throw new NotAsked('there are too few groups for a second page')
      holds('full_page', groups.results.length === 2, `page_size=2 returned ${groups.results.length} groups`)
      const second = pageOf(await call('GET', '/groups', { query: { ...smallPage, cursor: next } }))
      const first = idsOf(groups, 'group_id')
      const repeated = idsOf(second, 'group_id').filter((id) => first.includes(id))
      holds('no_repeats', repeated.length === 0, `${repeated.length} groups are on two pages`)
      return readPrevious(second.previous, next)
    },
  },
  {
    name: 'whole_membership',
    asks: 'Does the list of the users of a group come whole without page_size and cursor?',
    level: 'read',
    calls: 1,
    expects: () => 'whole',
    readings: { whole: ['whole_membership'], paged: [] },
    async run({ call, survey: { group }, holds }) {
      if (!group) throw new NotAsked('there is no group with users')
      const { group_id, members } = group
      const query = { page_size: '1' }
      const page = pageOf(await call('GET', '/groups/{group_id}/users', { params: { group_id }, query }))
      const [all, part] = [idsOf(members, 'user_id'), idsOf(page, 'user_id')]
      holds('full_page', page.next === null || part.length === 1, `page_size=1 returned ${part.length} users`)
      holds('order', part[0] === all[0], 'the first page begins with another user than the whole list')
      if (all.length < 2) throw new NotAsked('no group with two users was found')
      return { reading: members.next === null ? 'whole' : 'paged', saw: `${all.length} users` }
    },
  },
  {
    name: 'filters',
    asks: 'Do several filters narrow each other?',
    level: 'read',
    calls: 1,
    expects: () => 'narrow',
    readings: { narrow: ['filters_combined'], widen: [] },
    async run({ call, survey: { groups } }) {
      const { name, group_type } = groups.results[0] ?? {}
      if (typeof name !== 'string') throw new NotAsked('there are no groups')
      const other = group_type === 'OPAL_GROUP' ? 'OKTA_GROUP' : 'OPAL_GROUP'
      const query = { ...smallPage, group_name: name, group_type_filter: other }
      const { results } = pageOf(await call('GET', '/groups', { query }))
      const isNarrow = results.every((group) => group.name === name && group.group_type === other)
      return { reading: isNarrow ? 'narrow' : 'widen', saw: `${results.length} groups` }
    },
  },
  {
    name: 'access_levels',
    asks: 'Is the default level in the list of the access levels of a group?',
    level: 'read',
    calls: 1,
    expects: () => 'left_out',
    readings: { left_out: ['levels_listed'], listed: [] },
    async run({ call, survey: { groups, group } }) {
      const group_id = group?.group_id ?? idsOf(groups, 'group_id')[0]
      if (group_id === undefined) throw new NotAsked('there are no groups')
      const params = { group_id }
      const { results } = pageOf(await call('GET', '/groups/{group_id}/access_levels', { params }))
      const isListed = results.some(({ access_level_remote_id }) => access_level_remote_id === '')
      return { reading: isListed ? 'listed' : 'left_out', saw: `${results.length} levels` }
    },
  },
  {
    name: 'risk_sensitivity',
    asks: 'What is risk_sensitivity without risk_sensitivity_override?',
    level: 'read',
    calls: 0,
    expects: () => 'UNKNOWN',
    readings: { UNKNOWN: ['risk_sensitivity'] },
    run({ survey: { groups } }) {
      const group = groups.results.find(({ risk_sensitivity_override }) => risk_sensitivity_override === undefined)
      if (!group) throw new NotAsked('no group is without an override')
      const { risk_sensitivity } = group
      return { reading: risk_sensitivity === 'UNKNOWN' ? 'UNKNOWN' : 'unknown', saw: JSON.stringify(risk_sensitivity) }
    },
  },
]

interface RefusedCall extends Omit<CallOptions, 'params'> {
  template: string
  params?: () => Record<string, string>
}

/** A GET that should be rejected. The reading is the status. */
export function refusal(
  name: string,
  asks: string,
  status: number,
  settles: readonly BehaviorId[],
  { template, params = () => ({}), ...options }: RefusedCall,
  level: Probe['level'] = 'read',
): Probe {
  return {
    name,
    asks,
    level,
    calls: 1,
    expects: () => String(status),
    readings: { [status]: settles },
    run: async ({ call }: Asking) =>
      readingOf(await call('GET', template, { params: params(), ...options }), { [status]: String(status) }),
  }
}

/** The reading that a status stands for. */
export function readingOf({ status, json }: ApiAnswer, readings: Record<number, string>): Reading {
  return { reading: readings[status] ?? 'unknown', saw: describeAnswer(status, json) }
}

function describeAnswer(status: number, json: unknown): string {
  const { code, message, Message, error } = isRow(json) && status >= 400 ? json : {}
  const words = [code, message ?? Message ?? error].filter((word) => typeof word === 'string')
  return [String(status), ...words].join(' ')
}

export function idsOf({ results }: ListPage, name: string): string[] {
  return results.map((row) => String(row[name]))
}

function readPrevious(previous: unknown, cursor: string): Reading {
  if (previous === cursor) return { reading: 'cursor_of_this_page', saw: 'the cursor of this page' }
  if (previous === null) return { reading: 'null', saw: 'null' }
  if (previous === '') return { reading: 'first_page', saw: 'an empty cursor' }
  return { reading: 'unknown', saw: typeof previous === 'string' ? 'another cursor' : JSON.stringify(previous) }
}
