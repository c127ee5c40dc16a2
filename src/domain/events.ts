import { layouts, type ChangedNoun, type Row, type RowChange } from './change.js'

// The events that GET /v1/events shows, made from the changes of calls. What a call changed is kept as one line of text.

type Happening = 'created' | 'updated' | 'removed' | 'expired' | 'approved' | 'denied'

/** Opal's documentation names USERS_CREATED, USER_TEAM_UPDATED and USER_MFA_RESET, and has no list. */
function typesOf<Word extends string>(word: Word) {
  return { created: `${word}_CREATED`, updated: `${word}_UPDATED`, removed: `${word}_DELETED` } as const
}

/** The type of the event that a change makes. What is not here makes none. */
export const eventTypes = {
  clock: {},
  settings: {},
  counter: {},
  user: typesOf('USERS'),
  group: typesOf('GROUPS'),
  group_user: { ...typesOf('GROUP_USERS'), expired: 'GROUP_USERS_EXPIRED' },
  access_level: typesOf('GROUP_ACCESS_LEVELS'),
  // The only change of a token is that it is revoked.
  token: { updated: 'API_TOKENS_REVOKED' },
  app: typesOf('APPS'),
  owner: typesOf('OWNERS'),
  message_channel: typesOf('MESSAGE_CHANNELS'),
  on_call_schedule: typesOf('ON_CALL_SCHEDULES'),
  tag: typesOf('TAGS'),
  resource: typesOf('RESOURCES'),
  resource_user: { ...typesOf('RESOURCE_USERS'), expired: 'RESOURCE_USERS_EXPIRED' },
  resource_access_level: typesOf('RESOURCE_ACCESS_LEVELS'),
  resource_visibility: typesOf('RESOURCE_VISIBILITY_GROUPS'),
  resource_message_channel: typesOf('RESOURCE_MESSAGE_CHANNELS'),
  request: { ...typesOf('REQUESTS'), approved: 'REQUESTS_APPROVED', denied: 'REQUESTS_DENIED' },
  delegation: typesOf('DELEGATIONS'),
  remote_user: typesOf('REMOTE_USERS'),
  sync_error: typesOf('SYNC_ERRORS'),
  owner_user: typesOf('OWNER_USERS'),
  group_visibility: typesOf('GROUP_VISIBILITY_GROUPS'),
  group_message_channel: typesOf('GROUP_MESSAGE_CHANNELS'),
  group_on_call_schedule: typesOf('GROUP_ON_CALL_SCHEDULES'),
  group_containing_group: typesOf('GROUP_CONTAINING_GROUPS'),
  group_resource: typesOf('GROUP_RESOURCES'),
  group_tag: typesOf('GROUP_TAGS'),
  user_tag: typesOf('USER_TAGS'),
  resource_tag: typesOf('RESOURCE_TAGS'),
  bundle: typesOf('BUNDLES'),
  bundle_resource: typesOf('BUNDLE_RESOURCES'),
  bundle_group: typesOf('BUNDLE_GROUPS'),
  bundle_visibility: typesOf('BUNDLE_VISIBILITY_GROUPS'),
  configuration_template: typesOf('CONFIGURATION_TEMPLATES'),
  group_binding: typesOf('GROUP_BINDINGS'),
  group_binding_group: typesOf('GROUP_BINDING_GROUPS'),
  idp_group_mapping: typesOf('IDP_GROUP_MAPPINGS'),
  access_rule: typesOf('ACCESS_RULES'),
  uar: typesOf('UARS'),
  campaign: typesOf('CAMPAIGNS'),
  session: typesOf('SESSIONS'),
  event_stream: typesOf('EVENT_STREAMS'),
} as const satisfies Record<ChangedNoun, Partial<Record<Happening, string>>>

function typeOf(noun: ChangedNoun, happening: Happening): string | undefined {
  const types: Partial<Record<Happening, string>> = eventTypes[noun]
  return types[happening]
}

/** Who made a call. */
export interface Actor {
  token_id: string
  user_id: string
}

/** Something that an event is about. */
export interface EventObject {
  noun: ChangedNoun
  key: Row
  /** Of what was removed. Others have their current name. */
  name: string | undefined
}

export interface LoggedEvent {
  event_id: string
  /** Places the event among all others of the organization: in the order of time. */
  position: string
  event_type: string
  created_at: string
  /** Undefined for what happened by itself. */
  actor: Actor | undefined
  objects: EventObject[]
}

/** Access whose end has come, and when. */
export interface Expiration {
  noun: ChangedNoun
  key: Row
  /** Rows that are created take a new one, so a row expires once. */
  sequence: number
  expiration_date: string
}

type Item = [noun: ChangedNoun, happening: Happening, ...rest: (string | number | null)[]]
type Call = [at: string, token_id: string, user_id: string, ...items: Item[]]

/** Writes what a call changed at a moment as one line of JSON; empty if nothing of it makes an event. */
export function writeCall(at: string, { token_id, user_id }: Actor, rows: readonly RowChange[]): string {
  let items = ''
  for (const row of rows) items += writeItems(at, row)
  return items === '' ? '' : `["${at}","${token_id}","${user_id}"${items}]`
}

/** Access that had expired before counts as absent, and its expiration is kept: the row no longer tells of it. */
function writeItems(at: string, { noun, key, before, after }: RowChange): string {
  const end = before?.expiration_date
  if (typeof end === 'string' && end <= at) {
    const expired = writeItem(noun, 'expired', key, [before?.sequence, end])
    return after ? expired + writeItem(noun, 'created', key) : expired
  }
  if (!before) return after ? writeItem(noun, 'created', key) + writeDecision(noun, key, undefined, after) : ''
  if (!after) return writeItem(noun, 'removed', key, [nameOf(before) ?? null])
  const isSame = layouts[noun].columns.every((name) => before[name] === after[name])
  return isSame ? '' : writeDecision(noun, key, before, after) || writeItem(noun, 'updated', key)
}

/** A request that is approved or denied now; empty for everything else. */
function writeDecision(noun: ChangedNoun, key: Row, before: Row | undefined, after: Row): string {
  if (noun !== 'request') return ''
  const status = statusOf(after)
  if (before && status === statusOf(before)) return ''
  if (status === 'APPROVED') return writeItem(noun, 'approved', key)
  return status === 'DENIED' ? writeItem(noun, 'denied', key) : ''
}

function statusOf({ document }: Row): string | undefined {
  return typeof document === 'string' ? (JSON.parse(document) as { status?: string }).status : undefined
}

function writeItem(noun: ChangedNoun, happening: Happening, key: Row, rest: unknown[] = []): string {
  if (typeOf(noun, happening) === undefined) return ''
  let text = `,["${noun}","${happening}"`
  for (const name of layouts[noun].key) text += `,${JSON.stringify(key[name])}`
  for (const value of rest) text += `,${JSON.stringify(value)}`
  return `${text}]`
}

/** What people call a row; undefined if it has no name. */
export function nameOf(row: Row): string | undefined {
  const document = typeof row.document === 'string' ? (JSON.parse(row.document) as Row) : {}
  const name = row.full_name ?? row.name ?? row.token_label ?? document.name ?? document.key
  return typeof name === 'string' ? name : undefined
}

/** The events of a call: one for each type, in the order of its changes. */
export function readCall(number: number, text: string): LoggedEvent[] {
  const [created_at, token_id, user_id, ...items] = JSON.parse(text) as Call
  const actor = { token_id, user_id }
  const byType = new Map<string, EventObject[]>()
  const expired: LoggedEvent[] = []
  for (const [noun, happening, ...values] of items) {
    const names: readonly string[] = layouts[noun].key
    const key = Object.fromEntries(names.map((name, index) => [name, values[index]]))
    const [first, second] = values.slice(names.length)
    const type = typeOf(noun, happening) ?? ''
    if (happening === 'expired') {
      expired.push(expirationEvent({ noun, key, sequence: Number(first), expiration_date: String(second) }))
    } else {
      const objects = byType.get(type) ?? []
      byType.set(type, objects)
      objects.push({ noun, key, name: typeof first === 'string' ? first : undefined })
    }
  }
  const called = [...byType].map(([event_type, objects], index) => ({
    event_id: `e0000000-${hex(index, 4)}-4000-8000-${hex(number, 12)}`,
    position: `${created_at} 1 ${hex(number, 12)} ${hex(index, 4)}`,
    ...{ event_type, created_at, actor, objects },
  }))
  return [...expired, ...called]
}

/** Comes before the events of calls at the same moment: they found the access expired. */
export function expirationEvent({ noun, key, sequence, expiration_date }: Expiration): LoggedEvent {
  return {
    event_id: `ee000000-0000-4000-8000-${hex(sequence, 12)}`,
    position: `${expiration_date} 0 ${hex(sequence, 12)} ${hex(0, 4)}`,
    event_type: typeOf(noun, 'expired') ?? '',
    created_at: expiration_date,
    actor: undefined,
    objects: [{ noun, key, name: undefined }],
  }
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0')
}
