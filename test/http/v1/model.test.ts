import { assert, asyncProperty, constant, constantFrom, array, integer, oneof, option, record } from 'fast-check'
import { expect, test } from 'vitest'
import { groupUserPath, ids, now as start, sandbox, tokens } from '../../helper.js'

// Random calls, with the clock turned in between, are answered as a small model says that was written from the rules
// alone. On a failure fast-check names the shortest run of calls that it found.

const maxMinutes = 525_960

const users: Record<string, { full_name: string; email: string; timeline?: Timeline }> = {
  [ids.jake]: { full_name: 'Jake Barnes', email: 'jake@company.dev' },
  [ids.ada]: { full_name: 'Ada Lane', email: 'ada@company.dev' },
  [ids.brett]: { full_name: 'Brett Ashley', email: 'brett@company.dev' },
  [ids.noor]: {
    full_name: 'Noor Haddad',
    email: 'noor@company.dev',
    timeline: [['PENDING_TICKET_CREATION', 60], ['PENDING', 3600], ['ERR_TIMEOUT']],
  },
}
const groups: Record<
  string,
  { name: string; description: string; levels: Record<string, string>; timeline?: Timeline }
> = {
  [ids.apiGroup]: { name: 'API Group', description: 'Callers', levels: { '10': 'Guest', '20': 'Reporter' } },
  [ids.oktaGroup]: {
    name: 'Okta',
    description: '',
    levels: { '20': 'Developer' },
    timeline: [['PENDING', 5], ['SUCCESS']],
  },
  [ids.plainGroup]: { name: 'Plain', description: 'Everyone', levels: {} },
}

/** Who is in which group to begin with, for ever. */
const members = [
  ...Object.keys(users).map((user) => ({ group: ids.apiGroup, user })),
  ...Object.keys(groups).flatMap((group) => (group === ids.apiGroup ? [] : [{ group, user: ids.jake }])),
]

/** Each status with the seconds that it lasts; the last one stays. */
type Timeline = [status: string, seconds?: number][]

interface Settings {
  missing_group_user_on_update: 'not_found' | 'create'
  re_add: 'replace' | 'conflict'
  negative_duration: 'revoke' | 'reject'
  unknown_access_level: 'reject' | 'accept'
}

const seconds = ([status, duration]: Timeline[number]) => ({ status, ...(duration && { for: `${duration}s` }) })
const propagation = ({ timeline }: { timeline?: Timeline }) => timeline && { propagation: timeline.map(seconds) }
const seed = (settings: Settings) => ({
  version: 1,
  settings,
  users: Object.fromEntries(
    Object.entries(users).map(([user_id, { full_name, email, ...user }]) => [
      user_id,
      { user_id, full_name, email, ...propagation(user) },
    ]),
  ),
  groups: Object.fromEntries(
    Object.entries(groups).map(([group_id, { name, description, levels, ...group }]) => {
      const access_levels = Object.fromEntries(Object.entries(levels).map(([remoteId, level]) => [level, remoteId]))
      return [group_id, { group_id, name, description, group_type: 'OKTA_GROUP', access_levels, ...propagation(group) }]
    }),
  ),
  group_users: members,
})

// What can be asked

/** The body of a call, as it comes. */
interface Asked {
  duration_minutes?: unknown
  access_level_remote_id?: unknown
}

/** A body that is as it has to be. */
interface Grant {
  duration_minutes: number
  access_level_remote_id?: string
}

interface Query {
  duration_minutes?: string
  access_level_remote_id?: string
}

type Step =
  | { call: 'POST'; group: string; user: string; query: Query; body: Asked | null | undefined }
  | { call: 'PUT'; group: string; user: string; body: Asked }
  | { call: 'DELETE'; group: string; user: string; query: Query }
  | { call: 'list'; of: 'group' | 'user'; id: string; page_size: number | undefined; cursor: number | undefined }
  | { call: 'turn'; seconds: number }

const often = <Value>(usual: Value[], unusual: Value[]) =>
  oneof({ weight: 12, arbitrary: constantFrom(...usual) }, { weight: 1, arbitrary: constantFrom(...unusual) })
const group = often(Object.keys(groups), [ids.unknown, 'api', ids.apiGroup.toUpperCase()])
const user = often(Object.keys(users), [ids.unknown, 'jake', ids.jake.toUpperCase()])
const level = often<unknown>(['', '10', '20'], ['30', null, 10])
const minutes = often<unknown>([0, 1, 5, 60, -1], [maxMinutes, maxMinutes + 1, -1e9, 60.5, '60', null, true])
const grant = record({ duration_minutes: minutes, access_level_remote_id: level }, { requiredKeys: [] })
const usualGrant = record(
  { duration_minutes: minutes, access_level_remote_id: level },
  { requiredKeys: ['duration_minutes'] },
)
const query = record(
  {
    duration_minutes: often(['0', '1', '60', '-5'], ['525961', '1.5', 'x', '']),
    access_level_remote_id: often(['', '10', '20'], ['30']),
  },
  { requiredKeys: [] },
)
const deleteQuery = record({ access_level_remote_id: often(['', '10', '20'], ['30']) }, { requiredKeys: [] })
const pageSize = option(often([1, 2, 3], [1000]), { nil: undefined })
const cursor = option(integer({ min: 0, max: 9 }), { nil: undefined })
const step = oneof(
  {
    weight: 5,
    arbitrary: record<Step & { call: 'POST' }>({
      call: constant('POST'),
      group,
      user,
      query: oneof({ weight: 3, arbitrary: constant({}) }, { weight: 1, arbitrary: query }),
      body: oneof(usualGrant, usualGrant, grant, constant(null), constant(undefined)),
    }),
  },
  {
    weight: 4,
    arbitrary: record<Step & { call: 'PUT' }>({
      call: constant('PUT'),
      group,
      user,
      body: oneof(usualGrant, usualGrant, grant),
    }),
  },
  {
    weight: 2,
    arbitrary: record<Step & { call: 'DELETE' }>({ call: constant('DELETE'), group, user, query: deleteQuery }),
  },
  {
    weight: 3,
    arbitrary: record<Step & { call: 'list' }>({
      call: constant('list'),
      of: constant('group'),
      id: group,
      page_size: pageSize,
      cursor,
    }),
  },
  {
    weight: 3,
    arbitrary: record<Step & { call: 'list' }>({
      call: constant('list'),
      of: constant('user'),
      id: user,
      page_size: pageSize,
      cursor,
    }),
  },
  {
    weight: 2,
    arbitrary: record<Step & { call: 'turn' }>({
      call: constant('turn'),
      seconds: oneof(constantFrom(1, 5, 60, 300, 3600, -60, -3600), integer({ min: -7200, max: 7200 })),
    }),
  },
)
const settings = record<Settings>({
  missing_group_user_on_update: constantFrom('not_found', 'create'),
  re_add: constantFrom('replace', 'conflict'),
  negative_duration: constantFrom('revoke', 'reject'),
  unknown_access_level: constantFrom('reject', 'accept'),
})

// What is to be answered

interface Row {
  group: string
  user: string
  level: string
  /** In milliseconds; null is for ever. */
  expires: number | null
  pushed: number
  place: number
}

/** A refusal is known by its code; whatever else is answered, whole. */
type Answer = { status: number; code: string } | { status: number; body: unknown }

const refuse = (status: number, code: string): Answer => ({ status, code })
const invalid = refuse(400, 'INVALID_REQUEST')

function createModel(settings: Settings) {
  let now = start
  let places = members.length
  let rows = members.map((member, index): Row => ({
    ...member,
    level: '',
    expires: null,
    pushed: now,
    place: index + 1,
  }))
  /** The place that each cursor which was handed out stands for: what follows it is on the page. */
  const cursors: Cursor[] = []

  const isUuid = (text: string) => /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
  const isLive = ({ expires }: Row) => expires === null || expires > now
  const find = (group: string, user: string) => rows.find((row) => row.group === group && row.user === user)
  const findLive = (group: string, user: string) => rows.filter(isLive).find((row) => row === find(group, user))
  const remove = (group: string, user: string) => (rows = rows.filter((row) => row !== find(group, user)))

  const isDuration = (value: unknown) => Number.isInteger(value) && (value as number) <= maxMinutes
  const isGrant = (asked: Asked): asked is Grant =>
    isDuration(asked.duration_minutes) &&
    typeof (asked.access_level_remote_id ?? '') === 'string' &&
    asked.access_level_remote_id !== null

  function show({ group, user, level, expires, pushed }: Row) {
    const { name, description, levels, timeline } = groups[group]!
    const { full_name, email } = users[user]!
    let left = now - pushed
    const status = (users[user]!.timeline ?? timeline ?? [['SUCCESS']]).find(
      ([, duration = Infinity]) => (left -= duration * 1000) < 0,
    )![0]
    return {
      ...{ group_id: group, group_name: name, description, user_id: user, full_name, email },
      access_level: { access_level_name: levels[level] ?? '', access_level_remote_id: level },
      expiration_date: expires === null ? null : new Date(expires).toISOString(),
      propagation_status: { status },
    }
  }

  /** What is refused whoever has access to what. */
  function refusal(group: string, user: string): Answer | undefined {
    if (!groups[group]) return refuse(404, 'GROUP_NOT_FOUND')
    if (!users[user]) return refuse(404, 'USER_NOT_FOUND')
    return undefined
  }

  function levelRefusal(group: string, level: string): Answer | undefined {
    if (level === '' || groups[group]!.levels[level] || settings.unknown_access_level === 'accept') return undefined
    return refuse(400, 'ACCESS_LEVEL_NOT_FOUND')
  }

  function give(group: string, user: string, level: string, duration: number): Answer {
    const place = findLive(group, user)?.place ?? ++places
    const expires = duration === 0 ? null : now + Math.max(duration, 0) * 60_000
    const row = { group, user, level, expires, pushed: now, place }
    remove(group, user)
    if (duration >= 0) rows.push(row)
    return { status: 200, body: show(row) }
  }

  return {
    add(group: string, user: string, query: Query, body: Asked | null | undefined): Answer {
      const inQuery = query.duration_minutes
      if (inQuery !== undefined && !(/^-?\d+$/.test(inQuery) && isDuration(Number(inQuery)))) return invalid
      if (!isUuid(group) || !isUuid(user)) return invalid
      if (body && !isGrant(body)) return invalid
      const duration = body?.duration_minutes ?? Number(inQuery ?? 0)
      const level = body?.access_level_remote_id ?? query.access_level_remote_id ?? ''
      if (duration < 0 && settings.negative_duration === 'reject') return invalid
      const [g, u] = [group.toLowerCase(), user.toLowerCase()]
      const refused = refusal(g, u) ?? levelRefusal(g, level)
      if (refused) return refused
      if (findLive(g, u) && settings.re_add === 'conflict') return refuse(409, 'GROUP_USER_EXISTS')
      return give(g, u, level, duration)
    },

    update(group: string, user: string, body: Asked): Answer {
      if (!isUuid(group) || !isUuid(user) || !isGrant(body)) return invalid
      const { duration_minutes: duration, access_level_remote_id: level } = body
      if (duration < 0 && settings.negative_duration === 'reject') return invalid
      const [g, u] = [group.toLowerCase(), user.toLowerCase()]
      const refused = refusal(g, u)
      if (refused) return refused
      const live = findLive(g, u)
      const mayCreate = settings.missing_group_user_on_update === 'create' && duration >= 0
      if (!live && !mayCreate) return refuse(404, 'GROUP_USER_NOT_FOUND')
      if (level === undefined) return give(g, u, live?.level ?? '', duration)
      return levelRefusal(g, level) ?? give(g, u, level, duration)
    },

    remove(group: string, user: string, level = ''): Answer {
      if (!isUuid(group) || !isUuid(user)) return invalid
      const [g, u] = [group.toLowerCase(), user.toLowerCase()]
      const refused = refusal(g, u)
      if (refused) return refused
      if (findLive(g, u)?.level !== level) return refuse(404, 'GROUP_USER_NOT_FOUND')
      remove(g, u)
      return { status: 200, body: '' }
    },

    /** A cursor of those that were handed out for this list, counted from the last one. */
    cursor(list: string, index: number) {
      const own = cursors.filter((cursor) => cursor.list === list)
      return own.at(-1 - (index % own.length))
    },

    /** The text of `next` is ours to choose: what matters is whether it is there, and where it leads. */
    list(of: 'group' | 'user', id: string, size: number, cursor?: Cursor): Answer & { page?: Row[] } {
      if (!isUuid(id)) return invalid
      const key = id.toLowerCase()
      const refused = of === 'group' ? refusal(key, ids.jake) : refusal(ids.apiGroup, key)
      if (refused) return refused
      const all = rows.filter((row) => row[of] === key && isLive(row)).sort((a, b) => a.place - b.place)
      const rest = all.filter(({ place }) => place > (cursor?.after ?? 0))
      const page = rest.slice(0, size)
      const text = expect.any(String) as string
      const body = {
        results: page.map(show),
        next: rest.length > size ? text : null,
        previous: cursor?.text ?? null,
      }
      return { status: 200, body, page }
    },

    remember(list: string, text: string | null, after: number) {
      if (text !== null) cursors.push({ list, text, after })
    },

    turn(seconds: number) {
      now += seconds * 1000
      return new Date(now).toISOString()
    },
  }
}

/** A cursor that the list handed out, and the place that it stands for. */
interface Cursor {
  list: string
  text: string
  after: number
}

// Both, side by side

type Model = ReturnType<typeof createModel>
type Call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) => Promise<Reply>

interface Reply {
  status: number
  body: '' | { code?: string; next: string | null; previous: string | null }
}

function compare({ status, body }: Reply, expected: Answer) {
  expect(status < 300 ? { status, body } : { status, code: body === '' ? '' : body.code }).toEqual(expected)
}

const withQuery = (path: string, query: object) => `${path}?${new URLSearchParams({ ...query }).toString()}`

async function readList(call: Call, model: Model, { of, id, page_size, cursor: index }: Step & { call: 'list' }) {
  const list = `${of} ${id.toLowerCase()}`
  const cursor = index === undefined ? undefined : model.cursor(list, index)
  const size = page_size ?? 200
  const { page = [], ...expected } = model.list(of, id, size, cursor)
  const query = { ...(page_size && { page_size }), ...(cursor && { cursor: cursor.text }) }
  const reply = await call(
    'GET',
    withQuery(of === 'group' ? `/v1/groups/${id}/users` : `/v1/groups/users/${id}`, query),
  )
  compare(reply, expected)
  if (reply.status !== 200 || reply.body === '') return
  model.remember(list, reply.body.next, page.at(-1)?.place ?? 0)
}

async function take(call: Call, model: Model, step: Step) {
  if (step.call === 'list') return readList(call, model, step)
  if (step.call === 'turn') {
    const set = model.turn(step.seconds)
    expect(await call('POST', '/_sandbox/clock', { set })).toMatchObject({ status: 200, body: { now: set } })
    return
  }
  const { group, user } = step
  const path = groupUserPath(group, user)
  if (step.call === 'POST') {
    const expected = model.add(group, user, step.query, step.body)
    compare(await call('POST', withQuery(path, step.query), step.body), expected)
  } else if (step.call === 'PUT') {
    compare(await call('PUT', path, step.body), model.update(group, user, step.body))
  } else {
    const expected = model.remove(group, user, step.query.access_level_remote_id)
    compare(await call('DELETE', withQuery(path, step.query)), expected)
  }
}

test('any sequence of calls is answered as the model predicts', async () => {
  const runs = asyncProperty(settings, array(step, { maxLength: 60, size: 'max' }), async (chosen, steps) => {
    const sandboxed = await sandbox({ seed: seed(chosen) })
    const model = createModel(chosen)
    const headers = { authorization: `Bearer ${tokens.fullAccess}`, 'content-type': 'application/json' }
    const call: Call = async (method, url, body) => {
      const payload = body === undefined ? {} : { payload: JSON.stringify(body) }
      const { statusCode, ...reply } = await sandboxed.app.inject({ method, url, headers, ...payload })
      return { status: statusCode, body: reply.body === '' ? '' : reply.json() }
    }
    for (const step of steps) await take(call, model, step)
    await sandboxed.close()
  })
  await assert(runs, { numRuns: 150 })
})
