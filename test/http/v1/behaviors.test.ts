import Sqlite from 'better-sqlite3'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { bases, behaviors, decidedAlways, type Behavior, type BehaviorId } from '../../../src/domain/behaviors.js'
import { operations } from '../../../src/domain/operations.js'
import { isRefusalCode } from '../../../src/domain/refusal.js'
import { groupUserPath, ids, levels, tokens } from '../../helper.js'
import { routes, sampleCall } from '../sample-calls.js'
import { call as control } from '../sandbox/calls.js'
import { listening, send, type Call } from '../wire.js'

type Listening = Awaited<ReturnType<typeof listening>>

interface Probe extends Omit<Call, 'body'> {
  /** The method and the path below /v1. */
  call: `${'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'} /${string}`
  body?: object | string
  settings?: object
  /** A fault rule. */
  fault?: object
  seed?: object
  /** Calls it once before. */
  twice?: true
  /** Fails instead of the first answer. */
  failure?: Error
  /** Sends no more than this of a body of 20 bytes. */
  part?: string
}

const access = (group_id: string, user_id: string) =>
  groupUserPath(group_id, user_id).slice('/v1'.length) as `/${string}`
const jake = access(ids.apiGroup, ids.jake)
const noor = access(ids.apiGroup, ids.noor)
const group = `/groups/${ids.apiGroup}` as const
const resource = '0a100000-0000-4000-8000-000000000001'
const platform = '0c000000-0000-4000-8000-000000000001'
const pii = '0b100000-0000-4000-8000-000000000003'
const anHour = { duration_minutes: 60, access_level_remote_id: '' }
const long = { duration_minutes: 525_961, access_level_remote_id: '' }
const ended = { duration_minutes: -1, access_level_remote_id: '' }
const unknownLevel = { duration_minutes: 60, access_level_remote_id: 'nope' }
const synced = {
  last_successful_sync: { id: ids.unknown, completed_at: '2022-01-01T00:00:00Z' },
}

const asReviewer = { level: 'REGULAR' }
const asAdmin = { level: 'ADMIN' }
const wish = { groups: [{ id: ids.apiGroup }], resources: [], reason: 'On call', duration_minutes: 60 }

/** Ada, whose token calls, and noor are reviewers. */
const owners = { ada: '0c000000-0000-4000-8000-00000000000a', noor: '0c000000-0000-4000-8000-00000000000b' }
const people = {
  version: 1,
  users: {
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
    noor: { user_id: ids.noor, email: 'noor@company.dev', full_name: 'Noor Haddad' },
  },
  owners: {
    ada: { owner_id: owners.ada, name: 'Ada', users: ['ada'] },
    noor: { owner_id: owners.noor, name: 'Noor', users: ['noor'] },
  },
}

/** The API Group with a request configuration. */
const configured = (configuration: object) => ({
  ...people,
  groups: {
    api: {
      group_id: ids.apiGroup,
      name: 'API Group',
      group_type: 'OPAL_GROUP',
      request_configurations: [
        {
          ...{ allow_requests: true, auto_approval: false, require_mfa_to_request: false, priority: 0 },
          require_support_ticket: false,
          ...configuration,
        },
      ],
    },
  },
})

const stage = (operator: 'AND' | 'OR', ...owner_ids: string[]) => ({
  operator,
  require_manager_approval: false,
  owner_ids,
})
/** Pending requests by what their stages are, and one that is approved. */
const stages = {
  any: [stage('OR', owners.ada, owners.noor)],
  all: [stage('AND', owners.ada)],
  both: [stage('AND', owners.ada, owners.noor)],
  two: [stage('OR', owners.ada), stage('OR', owners.noor)],
  others: [stage('OR')],
  delegated: [stage('OR', owners.noor)],
  escalated: [{ ...stage('OR'), escalation: { delay_minutes: 1, user_ids: [ids.ada] } }],
  auto: [],
}
const requestIds = Object.fromEntries(
  Object.keys(stages).map((name, index) => [name, `0a200000-0000-4000-8000-00000000000${index}`]),
) as Record<keyof typeof stages, string>
const requestSeed = {
  ...configured({}),
  requests: Object.fromEntries(
    Object.entries(stages).map(([name, list]) => [
      name,
      {
        request_id: requestIds[name as keyof typeof stages],
        ...{ requester: 'noor', target_user: 'noor', reason: 'On call', duration_minutes: 60 },
        status: name === 'auto' ? 'APPROVED' : 'PENDING',
        items: [
          {
            ...{ group_id: ids.apiGroup, access_level_remote_id: '', stages: list, current: 0, approved_by: [] },
            since: '2020-01-01T00:00:00.000Z',
          },
        ],
      },
    ]),
  ),
  delegations: {
    noor: { delegator_user: 'noor', delegate_user: 'ada', reason: 'Away', start_time: '-1h', end_time: '+1h' },
  },
}

/** A call for each behavior that it decides. */
const probes: Record<BehaviorId, Probe> = {
  TOKEN_MISSING: { call: `PUT ${jake}`, token: null },
  TOKEN_UNKNOWN: { call: `PUT ${jake}`, token: 'stranger' },
  TOKEN_EXPIRED: { call: `PUT ${jake}`, token: tokens.expired },
  TOKEN_REVOKED: { call: `PUT ${jake}`, token: tokens.revoked },
  RATE_LIMITED: { call: 'GET /users', settings: { rate_limit: { requests_per_second: 0.001 } }, twice: true },
  TOKEN_READ_ONLY: { call: `PUT ${jake}`, token: tokens.readOnly },
  ROUTE_NOT_FOUND: { call: 'GET /nothing' },
  METHOD_NOT_ALLOWED: { call: `PATCH ${jake}` },
  NOT_SIMULATED: { call: 'GET /request-templates' },
  BODY_TOO_LARGE: { call: `PUT ${jake}`, body: { ...anHour, x: 'x'.repeat(65 * 1024) } },
  CONTENT_TYPE_UNSUPPORTED: { call: `PUT ${jake}`, body: anHour, headers: { 'content-type': 'text/plain' } },
  REQUEST_TIMEOUT: { call: `PUT ${jake}`, part: '{"dur' },
  FAULT_INJECTED: { call: 'GET /users', fault: { effect: { status: 503 } } },
  stubbed: { call: 'GET /request-templates', fault: { effect: { status: 200, body: {} } } },
  INVALID_REQUEST: { call: `PUT ${jake}`, body: {} },
  fields_ignored: { call: `PUT ${jake}`, body: { ...anHour, minutes: 5 } },
  fields_rejected: { call: `PUT ${jake}`, body: { ...anHour, minutes: 5 }, settings: { unknown_fields: 'reject' } },
  error_body_of_2024: { call: `PUT ${jake}`, body: {}, settings: { error_body: 'opal_2024' } },
  DATABASE_UNAVAILABLE: { call: 'GET /users', failure: new Sqlite.SqliteError('disk full', 'SQLITE_FULL') },
  INTERNAL_ERROR: { call: 'GET /users', failure: new Error('Broken') },

  GROUP_NOT_FOUND: { call: `GET /groups/${ids.unknown}` },
  USER_NOT_FOUND: { call: `GET /user?user_id=${ids.unknown}` },
  GROUP_USER_NOT_FOUND: { call: `PUT ${noor}`, body: anHour },
  access_created: { call: `PUT ${noor}`, body: anHour, settings: { missing_group_user_on_update: 'create' } },
  GROUP_USER_EXISTS: { call: `POST ${jake}`, body: anHour, settings: { re_add: 'conflict' } },
  access_replaced: { call: `POST ${jake}`, body: anHour },
  access_expires: { call: `PUT ${jake}`, body: anHour },
  access_indefinite: { call: `PUT ${jake}`, body: { duration_minutes: 0, access_level_remote_id: '' } },
  duration_left_out: { call: `POST ${noor}?access_level_remote_id=` },
  access_revoked: { call: `PUT ${jake}`, body: ended },
  negative_duration_rejected: { call: `PUT ${jake}`, body: ended, settings: { negative_duration: 'reject' } },
  update_too_long: { call: `PUT ${jake}`, body: long },
  addition_too_long: { call: `POST ${noor}`, body: long },
  longer_accepted: { call: `PUT ${jake}`, body: long, settings: { max_duration_minutes: 153_722_867 } },
  past_year_9999: {
    call: `PUT ${jake}`,
    body: { duration_minutes: 5e9, access_level_remote_id: '' },
    settings: { max_duration_minutes: 1e10 },
  },
  level_named: { call: `PUT ${jake}`, body: { duration_minutes: 60, access_level_remote_id: levels.admin } },
  default_level_named: { call: `PUT ${jake}`, body: anHour },
  level_kept: { call: `PUT ${jake}`, body: { duration_minutes: 60 } },
  level_left_out: { call: `DELETE ${jake}` },
  ACCESS_LEVEL_NOT_FOUND: { call: `PUT ${jake}`, body: unknownLevel },
  level_accepted: { call: `PUT ${jake}`, body: unknownLevel, settings: { unknown_access_level: 'accept' } },
  query_read: { call: `POST ${noor}?duration_minutes=60&access_level_remote_id=` },
  access_removed: { call: `DELETE ${jake}?access_level_remote_id=` },
  access_listed: { call: `GET ${group}/users` },
  synced_without_status: { call: `GET /groups/${ids.plainGroup}/users` },
  synced_status_null: { call: `GET /groups/${ids.plainGroup}/users`, settings: { propagation_of_synced: 'null' } },
  default_level_null: { call: `GET ${group}/users`, settings: { default_access_level: 'null' } },
  default_level_absent: { call: `PUT ${jake}`, body: anHour, settings: { default_access_level: 'absent' } },
  timestamps_in_microseconds: { call: `PUT ${jake}`, body: anHour, settings: { timestamps: 'microseconds' } },

  groups_listed: { call: 'GET /groups' },
  tag_filter: { call: `GET /groups?tag_ids=${pii}` },
  filters_combined: { call: 'GET /groups?group_name=Announcements&group_type_filter=OPAL_GROUP' },
  group_created: { call: 'POST /groups', body: { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown } },
  groups_updated: { call: 'PUT /groups', body: { groups: [{ group_id: ids.apiGroup, name: 'New' }] } },
  group_shown: { call: `GET ${group}` },
  group_deleted: { call: `DELETE ${group}` },
  risk_sensitivity: { call: `GET ${group}` },

  visibility_kept: { call: `PUT ${group}/visibility`, body: { visibility: 'LIMITED' } },
  visibility_at_first: { call: `GET ${group}/visibility` },
  notifications_kept: { call: `GET ${group}/message-channels` },
  reviewers_configured: { call: `GET ${group}/reviewers` },
  reviewers_in_one_stage: { call: `PUT ${group}/reviewers`, body: { reviewer_ids: [] } },
  request_configuration_created: { call: `PUT /groups/${ids.plainGroup}/reviewer-stages`, body: { stages: [] } },
  containing_groups_kept: { call: `GET ${group}/containing-groups` },
  containing_group_replaced: {
    call: `POST ${group}/containing-groups`,
    body: { containing_group_id: ids.plainGroup },
    twice: true,
  },
  containing_group_ended: {
    call: `POST ${group}/containing-groups`,
    body: { containing_group_id: ids.plainGroup, duration_minutes: -1 },
  },
  CONTAINING_GROUP_NOT_FOUND: { call: `GET ${group}/containing-groups/${ids.unknown}` },
  direct_access_only: { call: `GET ${group}/users` },
  group_resources_kept: { call: `GET ${group}/resources` },
  group_resource_replaced: { call: `POST ${group}/resources/${resource}`, twice: true },

  RESOURCE_NOT_FOUND: { call: `GET /resources/${ids.unknown}` },
  resources_listed: { call: 'GET /resources' },
  resource_created: {
    call: 'POST /resources',
    body: { name: 'Vault', resource_type: 'VAULT_SECRET', app_id: ids.unknown },
  },
  resources_updated: { call: 'PUT /resources', body: { resources: [{ resource_id: resource, name: 'Vault' }] } },
  resource_shown: { call: `GET /resources/${resource}` },
  resource_deleted: { call: `DELETE /resources/${resource}` },
  resource_tree: { call: `GET /resources/${resource}` },
  RESOURCE_CYCLE: {
    call: 'PUT /resources',
    body: { resources: [{ resource_id: resource, parent_resource_id: resource }] },
  },
  resource_update_rejected: {
    call: 'PUT /resources',
    body: { resources: [{ resource_id: resource, request_configurations: [] }] },
  },
  resource_levels_listed: { call: `GET /resources/${resource}/access_levels` },
  permissions_kept: { call: `GET /resources/${resource}/scoped-role-permissions` },
  RESOURCE_USER_NOT_FOUND: { call: `PUT /resources/${resource}/users/${ids.noor}`, body: anHour },
  RESOURCE_USER_EXISTS: {
    call: `POST /resources/${resource}/users/${ids.jake}`,
    body: anHour,
    settings: { re_add: 'conflict' },
  },
  resource_access_by_level: { call: `GET /resources/${resource}/users/${ids.jake}` },
  access_through_groups: { call: `GET /resources/${resource}/users` },
  all_managed: { call: `GET /resources/users/${ids.jake}?include_unmanaged=true` },
  access_status: { call: `GET /resource-user-access-status/${resource}/${ids.jake}` },

  ACCESS_REQUEST_NOT_FOUND: { call: `GET /requests/${ids.unknown}` },
  REQUEST_NOT_PENDING: { call: `POST /requests/${requestIds.auto}/approve`, body: asAdmin, seed: requestSeed },
  NOT_A_REVIEWER: { call: `POST /requests/${requestIds.others}/approve`, body: asReviewer, seed: requestSeed },
  requests_listed: { call: 'GET /requests' },
  relay_to: { call: `GET /requests/relay?to=${ids.ada}` },
  request_shown: { call: `GET /requests/${requestIds.any}`, seed: requestSeed },
  request_created: { call: 'POST /requests', body: wish },
  request_configuration_chosen: { call: 'POST /requests', body: wish },
  not_requestable: { call: 'POST /requests', body: wish, seed: configured({ allow_requests: false }) },
  request_too_long: { call: 'POST /requests', body: wish, seed: configured({ max_duration_minutes: 5 }) },
  ticket_required: { call: 'POST /requests', body: wish, seed: configured({ require_support_ticket: true }) },
  reason_required: { call: 'POST /requests', body: { ...wish, reason: '' } },
  auto_approved: { call: 'POST /requests', body: wish, seed: configured({ auto_approval: true }) },
  requests_decided_by_setting: { call: 'POST /requests', body: wish, settings: { requests: 'approve' } },
  one_reviewer_approved: { call: `POST /requests/${requestIds.any}/approve`, body: asReviewer, seed: requestSeed },
  all_reviewers_approved: { call: `POST /requests/${requestIds.all}/approve`, body: asReviewer, seed: requestSeed },
  stage_waits: { call: `POST /requests/${requestIds.both}/approve`, body: asReviewer, seed: requestSeed },
  stage_approved: { call: `POST /requests/${requestIds.two}/approve`, body: asReviewer, seed: requestSeed },
  last_stage_approved: { call: `POST /requests/${requestIds.any}/approve`, body: asReviewer, seed: requestSeed },
  approved_by_delegate: { call: `POST /requests/${requestIds.delegated}/approve`, body: asReviewer, seed: requestSeed },
  review_escalated: { call: `POST /requests/${requestIds.escalated}/approve`, body: asReviewer, seed: requestSeed },
  approved_by_admin: { call: `POST /requests/${requestIds.any}/approve`, body: asAdmin, seed: requestSeed },
  denied_by_admin: {
    call: `POST /requests/${requestIds.any}/deny`,
    body: { ...asAdmin, comment: 'No' },
    seed: requestSeed,
  },
  request_granted: { call: `POST /requests/${requestIds.any}/approve`, body: asAdmin, seed: requestSeed },
  request_denied: { call: `POST /requests/${requestIds.any}/deny`, body: { comment: 'No' }, seed: requestSeed },
  comments_kept: { call: `GET /requests/${requestIds.any}/comments`, seed: requestSeed },
  delegations_kept: { call: 'GET /delegations' },
  DELEGATION_NOT_FOUND: { call: `GET /delegations/${ids.unknown}` },

  users_listed: { call: 'GET /users' },
  user_by_id: { call: `GET /user?user_id=${ids.jake}` },
  user_by_email: { call: 'GET /user?email=JAKE%40company.dev' },

  tokens_listed: { call: 'GET /tokens' },
  token_revoked: { call: 'DELETE /tokens/{token_id}' },
  events_logged: { call: 'GET /events' },
  event_types: { call: 'GET /events' },
  newest_event_first: { call: 'GET /events' },
  expiration_event: { call: 'GET /events' },
  event_dates: { call: 'GET /events?start_date_filter=2022-01-01' },
  event_token_filter: { call: `GET /events?api_token_filter=${encodeURIComponent('Full access:*')}` },
  EVENT_NOT_FOUND: { call: `GET /events/${ids.unknown}` },
  pages: { call: `GET ${group}/users?page_size=1` },

  TOKEN_NOT_FOUND: { call: `DELETE /tokens/${ids.unknown}` },

  requestable_filter: { call: 'GET /groups?requestable=true' },
  own_remote_group: { call: 'POST /groups', body: { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown } },
  owner_of_app: {
    call: 'POST /groups',
    body: { name: 'New', group_type: 'OKTA_GROUP', app_id: '0e000000-0000-4000-8000-000000000002' },
  },
  initial_users: {
    call: 'POST /groups',
    body: { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown, initial_user_ids: [ids.jake] },
  },
  group_update_rejected: {
    call: 'PUT /groups',
    body: { groups: [{ group_id: ids.apiGroup, configuration_template_id: null, auto_approval: true }] },
  },
  template_unlinked: {
    call: 'PUT /groups',
    body: { groups: [{ group_id: ids.apiGroup, configuration_template_id: null }] },
  },
  levels_listed: { call: `GET ${group}/access_levels` },
  whole_membership: { call: `GET ${group}/users` },
  user_shown: { call: `GET /users/${ids.jake}` },
  token_user_shown: { call: 'GET /users/whoami' },
  user_invited: {
    call: 'POST /users',
    body: { email: 'new@company.dev', first_name: 'New', last_name: 'User', role: 'MEMBER' },
  },
  USER_EXISTS: {
    call: 'POST /users',
    body: { email: 'JAKE@company.dev', first_name: 'New', last_name: 'User', role: 'MEMBER' },
  },
  user_updated: { call: `PATCH /users/${ids.jake}`, body: { position: 'Manager' } },
  MANAGER_CYCLE: { call: `PATCH /users/${ids.jake}`, body: { manager_id: ids.jake } },
  user_deleted: { call: `DELETE /users/${ids.jake}` },
  OWN_USER: { call: `DELETE /users/${ids.ada}` },

  owners_kept: { call: 'GET /owners' },
  OWNER_NOT_FOUND: { call: `GET /owners/${ids.unknown}` },
  OWNER_IN_USE: { call: `DELETE /owners/${platform}` },
  owner_in_use_deleted: { call: `DELETE /owners/${platform}`, settings: { owner_in_use: 'delete' } },

  apps_shown: { call: 'GET /apps' },
  APP_NOT_FOUND: { call: `GET /apps/${ids.unknown}` },
  channels_kept: { call: 'GET /on-call-schedules' },
  channel_without_name: {
    call: 'POST /message-channels',
    body: { third_party_provider: 'SLACK', remote_id: 'C024BE91L' },
  },
  MESSAGE_CHANNEL_NOT_FOUND: { call: `GET /message-channels/${ids.unknown}` },
  ON_CALL_SCHEDULE_NOT_FOUND: { call: `GET /on-call-schedules/${ids.unknown}` },

  tags_kept: { call: 'GET /tags' },
  tag_without_value: { call: 'GET /tag?tag_key=pii' },
  tag_query_read: { call: 'POST /tag?tag_key=team' },
  TAG_EXISTS: { call: 'POST /tag', body: { tag_key: 'pii' } },
  tag_returned: { call: 'POST /tag', body: { tag_key: 'pii' }, settings: { existing_tag: 'return' } },
  TAG_NOT_FOUND: { call: `DELETE /tags/${pii}/users/${ids.brett}` },
  tag_added_before: { call: `POST /tags/${pii}/users/${ids.jake}` },

  remote_users_listed: { call: 'GET /users/remote_users' },
  sync_errors_listed: { call: 'GET /sync_errors' },

  records_kept: { call: 'GET /bundles' },
  RECORD_NOT_FOUND: { call: `GET /bundles/${ids.unknown}` },
}

/** What came back, and the behaviors that the journal names for it. */
async function run(probe: Probe) {
  const { call, body, settings, fault, seed, twice, failure, part, ...how } = probe
  let isFailing = failure !== undefined
  const opened = await listening({
    ...(seed && { seed }),
    ...(failure && {
      checkAnswer() {
        if (!isFailing) return
        isFailing = false
        throw failure
      },
    }),
  })
  const [method = '', path = ''] = call.split(' ')
  const url = `/v1${path.replace('{token_id}', await someToken(opened, path))}`
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  if (settings) await control(opened, tokens.fullAccess, 'PATCH', '/_sandbox/settings', settings)
  if (fault) await control(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', fault)
  if (twice) await send(opened.port, method, url, { ...how, ...sent })
  const { status, basis } =
    part === undefined
      ? await send(opened.port, method, url, { ...how, ...sent }).then(({ status, headers }) => ({
          status,
          basis: headers['x-opal-sandbox-basis'],
        }))
      : await sendPart(opened, method, url, part)
  const { results } = (await control(opened, tokens.fullAccess, 'GET', '/_sandbox/requests?limit=1')) as {
    results: { why: string[]; rule?: string; basis: string; operation?: string }[]
  }
  const [{ why, rule, operation, basis: inJournal }] = results as [(typeof results)[number]]
  const decided = (Object.keys(behaviors) as BehaviorId[]).filter((id) =>
    isRefusalCode(id) ? rule === id : why.includes(behaviors[id].means),
  )
  return { status, basis, inJournal, operation, decided }
}

async function someToken(opened: Listening, path: string): Promise<string> {
  if (!path.includes('{token_id}')) return ''
  const { results } = (await control(opened, tokens.fullAccess, 'GET', '/v1/tokens')) as {
    results: { token_id: string; token_label: string }[]
  }
  return results.find(({ token_label }) => token_label === 'Read only')!.token_id
}

async function sendPart(opened: Listening, method: string, url: string, part: string) {
  // Node swaps the two if the one for headers is the longer one.
  Object.assign(opened.app.server, { headersTimeout: 50, requestTimeout: 100 })
  const socket = connect(opened.port, '127.0.0.1')
  await once(socket, 'connect')
  const head = [`${method} ${url} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${tokens.fullAccess}`]
  socket.write([...head, 'Content-Type: application/json', 'Content-Length: 20', '', part].join('\r\n'))
  const answer = await text(socket)
  const [, basis] = /^x-opal-sandbox-basis: (.*)\r$/m.exec(answer) ?? []
  return { status: Number(answer.split(' ')[1]), basis }
}

/** Each names another reason for INVALID_REQUEST, and has a basis of its own. */
const reasons: BehaviorId[] = [
  'not_requestable',
  'request_too_long',
  'ticket_required',
  'reason_required',
  'group_update_rejected',
  'resource_update_rejected',
  'fields_rejected',
  'negative_duration_rejected',
  'update_too_long',
  'addition_too_long',
  'past_year_9999',
]

function weakest(decided: BehaviorId[]) {
  const isReplaced = decided.some((id) => reasons.includes(id))
  const counted = decided.filter((id) => !isReplaced || id !== 'INVALID_REQUEST')
  return bases.find((basis) => counted.some((id) => behaviors[id].basis === basis))
}

/** Those whose rows do not name the operation. */
const misplaced = (decided: BehaviorId[], operation: string | undefined) =>
  decided.filter((id) => {
    const { operations: own } = behaviors[id] as Behavior
    return own !== 'every' && !own.some((one) => one === operation)
  })

describe('each behavior decides a call, whose header and journal have its basis or a weaker one that decided too', () => {
  test.each(Object.entries(probes) as [BehaviorId, Probe][])('%s', async (id, probe) => {
    const { basis, inJournal, decided, operation } = await run(probe)
    expect(decided).toContain(id)
    expect([basis, inJournal]).toEqual([weakest(decided), weakest(decided)])
    expect(misplaced(decided, operation)).toEqual([])
  })
})

test('the settings that a sentence names are those of the row', () => {
  for (const [id, { means, setting }] of Object.entries<Behavior>(behaviors)) {
    const [, named] = /the setting (\w+)/.exec(means) ?? []
    if (named !== undefined) expect([id, named]).toEqual([id, setting])
  }
})

test('a fault after the work leaves what decided the work in the journal', async () => {
  const { basis, decided } = await run({ call: 'GET /users', fault: { phase: 'after', effect: { status: 503 } } })
  expect([basis, decided]).toEqual(['assumed', ['FAULT_INJECTED', 'users_listed', 'pages']])
})

describe('every success of a simulated operation has the header', () => {
  test.each(operations.filter(({ simulated }) => simulated))('$id', async ({ id }) => {
    const { method, url, body } = sampleCall(routes.find((route) => route.id === id)!)
    const call = `${method} ${url.slice('/v1'.length)}` as Probe['call']
    const { status, basis, decided, operation } = await run({
      call,
      ...(body !== undefined && { body: body as object }),
    })
    expect([operation, basis, status! < 300]).toEqual([id, weakest(decided), true])
    expect(decided).toEqual(expect.arrayContaining([...decidedAlways(id).ids]))
    expect(misplaced(decided, operation)).toEqual([])
    expect(decided).not.toEqual([])
  })
})

describe('dates of groups and tokens under `timestamps: microseconds`', () => {
  const seed = {
    version: 1,
    groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OPAL_GROUP', ...synced } },
  }

  test.each<[Probe['call'], object]>([
    [`GET ${group}`, { seed }],
    ['GET /groups', { seed }],
    ['GET /tokens', {}],
  ])('%s', async (call, rest) => {
    const { status, decided } = await run({ call, settings: { timestamps: 'microseconds' }, ...rest })
    expect([status, decided.includes('timestamps_in_microseconds')]).toEqual([200, true])
  })
})
