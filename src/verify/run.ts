import { defaultSettings, type OrganizationSettings } from '../domain/settings.js'
import type { BehaviorId } from '../domain/behaviors.js'
import { SetupError } from '../domain/setup-error.js'
import {
  createDoor,
  NotAsPlanned,
  RateLimited,
  type ApiAnswer,
  type ApiCall,
  type Door,
  type Exchange,
  type Pace,
} from './call.js'
import { isUuid, openLedger, type Ledger } from './ledger.js'
import { NotAsked, type Asking, type Level, type Probe, type Relation } from './probe.js'
import { formProbes } from './probes/forms.js'
import { readProbes } from './probes/read.js'
import { listOwnAccess, scratchProbes } from './probes/scratch.js'
import type { ShapeJudge } from './shapes.js'
import { isRow, lookAround, readAll, pageOf, surveyCalls, type Survey } from './survey.js'

/** In the order in which they are asked. */
export const probes: readonly Probe[] = [...readProbes, ...scratchProbes, ...formProbes]

/** How many calls a run of the level `read` makes at most. */
export const readCalls = probes
  .filter(({ level }) => level === 'read')
  .reduce((sum, { calls }) => sum + calls, surveyCalls)

/** Settings that no probe asks about, and why. */
export const notAsked: Partial<Record<keyof OrganizationSettings, string>> = {
  owner_in_use: 'it would have to create an owner',
  existing_tag: 'it would have to create a tag',
  propagation: 'it depends on the remote system',
  rate_limit: 'it would have to exceed the limit',
  requests: 'it would have to send requests to people',
}

export interface VerifyOptions {
  /** The address of the API, without /v1. */
  target: string
  token: string
  userAgent: string
  level: Level
  /** What the level `scratch` needs. */
  scratch?: ScratchOptions | undefined
  /** The settings whose readings are expected; the default ones if left out. */
  settings?: OrganizationSettings
  judges: readonly ShapeJudge[]
  pace: Pace
}

export interface ScratchOptions {
  email: string
  app_id: string
  ledgerFile: string
}

export type Verdict = 'agrees' | 'differs' | 'instrument' | 'not asked'

export interface Finding {
  probe: Probe
  verdict: Verdict
  /** Undefined if there was no answer to read. */
  reading: string | undefined
  expected: string
  /** What came, or why there was no answer to read. */
  saw: string
  calls: number
}

/** How often something was compared, and what was wrong. */
export interface Comparison {
  count: number
  problems: string[]
}

export interface VerifyOutcome {
  target: string
  level: Level
  /** Whether the target is a sandbox. */
  isSandbox: boolean
  calls: number
  findings: Finding[]
  /** By document and operation. */
  shapes: Map<string, Comparison>
  values: Map<Relation, Comparison>
  /** What ended the run early, or could not be cleaned up. */
  troubles: string[]
  tape: readonly Exchange[]
  /** What the run made itself, which a report may show. */
  own: string[]
}

/** The most calls of a run, without those that clean up. */
const maxCalls = { read: 50, scratch: 200 }

/** How many pages of 1,000 an inventory reads. */
const inventoryPages = 5

/** Asks an API what it does. Throws a SetupError if it cannot be asked at all. */
export async function verify(options: VerifyOptions): Promise<VerifyOutcome> {
  const { target, token, userAgent, level, scratch, settings = defaultSettings, judges, pace } = options
  const answers: ApiAnswer[] = []
  const shapes: VerifyOutcome['shapes'] = new Map()
  const values: VerifyOutcome['values'] = new Map()
  const findings: Finding[] = []
  const troubles: string[] = []
  const own: string[] = []
  let ended: string | undefined

  const door = createDoor({ target, token, userAgent, maxCalls: maxCalls[level], pace, onAnswer: judge })
  const { call } = door

  function judge(answer: ApiAnswer) {
    answers.push(answer)
    for (const { name, problems } of judges) {
      const found = problems(answer)
      if (found) compare(shapes, `${answer.method} ${answer.template}, ${name}`, found)
    }
  }

  function holds(relation: Relation, isTrue: boolean, problem: string) {
    compare(values, relation, isTrue ? [] : [problem])
  }

  async function ask(probe: Probe, asking: Asking): Promise<Finding> {
    const expected = probe.expects(settings)
    const before = door.tape.length
    const finding = (verdict: Verdict, saw: string, reading?: string): Finding => {
      return { probe, verdict, reading, expected, saw, calls: door.tape.length - before }
    }
    // What only reads earlier answers can still be read after the run has ended.
    if (ended !== undefined && probe.calls > 0) return finding('not asked', ended)
    try {
      const { reading, saw } = await probe.run(asking)
      return finding(reading === expected ? 'agrees' : 'differs', saw, reading)
    } catch (error) {
      if (error instanceof NotAsked) return finding('not asked', error.message)
      if (error instanceof NotAsPlanned) return finding('instrument', error.message)
      if (!(error instanceof RateLimited)) throw error
      endEarly(error.message)
      return finding('not asked', error.message)
    }
  }

  function endEarly(why: string) {
    ended = why
    troubles.push(`The run ended early: ${why}.`)
  }

  const survey = await lookAround(call).catch((error: unknown) => {
    throw explainStart(error)
  })
  const nothing = { group_id: '', user_id: '' }
  const asking: Asking = { call, survey, scratch: nothing, answers, holds }
  for (const probe of readProbes) findings.push(await ask(probe, asking))
  if (level === 'scratch' && scratch && ended === undefined) {
    await withScratchGroup(door, survey, scratch, { target, own, troubles, holds }, async (made) => {
      for (const probe of scratchProbes) {
        findings.push(await ask(probe, { ...asking, scratch: made }))
        if (ended !== undefined) continue
        const trouble = await endAccess(call, made)
        if (trouble !== undefined) endEarly(trouble)
      }
    })
  }
  for (const probe of formProbes) findings.push(await ask(probe, asking))
  return {
    target,
    level,
    isSandbox: answers.some(({ headers }) => headers.has('x-opal-sandbox-basis')),
    calls: door.tape.length,
    findings,
    shapes,
    values,
    troubles,
    tape: door.tape,
    own,
  }
}

function compare<Key>(into: Map<Key, Comparison>, key: Key, problems: string[]) {
  const { count = 0, problems: earlier = [] } = into.get(key) ?? {}
  into.set(key, { count: count + 1, problems: [...new Set([...earlier, ...problems])] })
}

/** Ends what a probe gave. Returns why nothing more can be asked, if so. */
async function endAccess(call: ApiCall, { group_id, user_id }: Asking['scratch']): Promise<string | undefined> {
  try {
    for (let round = 0; round < 2; round++) {
      const members = await listOwnAccess(call, { group_id, user_id })
      if (members.length === 0) return undefined
      for (const { access_level } of members) {
        const level = isRow(access_level) ? access_level.access_level_remote_id : ''
        const query = typeof level === 'string' && level !== '' ? { access_level_remote_id: level } : undefined
        const params = { group_id, user_id }
        await call('DELETE', '/groups/{group_id}/users/{user_id}', { params, ...(query && { query }) })
      }
    }
    return 'the access that a probe gave could not be ended'
  } catch (error) {
    if (error instanceof NotAsPlanned || error instanceof RateLimited) return error.message
    throw error
  }
}

interface ScratchRun {
  target: string
  own: string[]
  troubles: string[]
  holds: Asking['holds']
}

/** Makes a group, works with it, and deletes it, whatever happens. */
async function withScratchGroup(
  door: Door,
  survey: Survey,
  { email, app_id, ledgerFile }: ScratchOptions,
  { target, own, troubles, holds }: ScratchRun,
  work: (made: Asking['scratch']) => Promise<void>,
) {
  const { call } = door
  const user_id = await findUser(call, email)
  const before = await takeInventory(call, user_id)
  const ledger = openLedger(ledgerFile, target)
  own.push(ledger.name)
  door.allowWrites(ledger, [user_id])
  try {
    const group_id = await createGroup(call, ledger, app_id, [...before.groups, ...idsOfGroups(survey)])
    own.push(group_id)
    await work({ group_id, user_id })
  } catch (error) {
    if (!(error instanceof NotAsPlanned || error instanceof RateLimited)) throw error
    troubles.push(`The scratch group could not be used: ${error.message}.`)
  } finally {
    door.startCleaning()
    const left = await clean(call, ledger)
    if (left === undefined) ledger.close()
    else troubles.push(`${left} Clean up with: opal-sandbox verify --clean ${ledger.file}`)
  }
  const after = await takeInventory(call, user_id).catch(() => undefined)
  if (after) holds('inventory', isSame(before, after), describeDifference(before, after))
  else troubles.push('The inventory could not be taken again after the run.')
}

async function findUser(call: ApiCall, email: string): Promise<string> {
  const { status, json } = await call('GET', '/user', { query: { email } })
  const user = isRow(json) ? json : {}
  const isUser = String(user.email).toLowerCase() === email.toLowerCase() && isUuid(user.user_id)
  if (status !== 200 || !isUser)
    throw new SetupError(`There is no user ${email}: GET /user was answered with ${status}.`)
  return String(user.user_id)
}

interface Inventory {
  groups: Set<string>
  access: Set<string>
}

async function takeInventory(call: ApiCall, user_id: string): Promise<Inventory> {
  const groups = await readAll(call, '/groups', {}, inventoryPages)
  const access = await readAll(call, '/groups/users/{user_id}', { user_id }, inventoryPages)
  return {
    groups: new Set(groups.rows.map(({ group_id }) => String(group_id))),
    access: new Set(
      access.rows.map(({ group_id, access_level, expiration_date }) =>
        JSON.stringify([group_id, access_level, expiration_date]),
      ),
    ),
  }
}

function isSame(before: Inventory, after: Inventory): boolean {
  return describeDifference(before, after) === ''
}

function describeDifference(before: Inventory, after: Inventory): string {
  return [
    [countMissing(after.groups, before.groups), 'groups are new'] as const,
    [countMissing(before.groups, after.groups), 'groups are gone'] as const,
    [countMissing(after.access, before.access), 'accesses of the user are new'] as const,
    [countMissing(before.access, after.access), 'accesses of the user are gone'] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ')
}

/** How many of `some` are not among `others`. */
function countMissing(some: Set<string>, others: Set<string>): number {
  return [...some].filter((one) => !others.has(one)).length
}

const idsOfGroups = ({ groups }: Survey) => groups.results.map(({ group_id }) => String(group_id))

/** Creates the group of the ledger. An id that another group has is never trusted. */
async function createGroup(call: ApiCall, ledger: Ledger, app_id: string, others: string[]): Promise<string> {
  const { name } = ledger
  const { status, json } = await call('POST', '/groups', { body: { name, group_type: 'OPAL_GROUP', app_id } })
  const group = isRow(json) ? json : {}
  if (status >= 300) throw new NotAsPlanned(`POST /groups was answered with ${status}`)
  const { group_id } = group
  if (!isUuid(group_id) || group.name !== name || others.includes(group_id)) {
    throw new NotAsPlanned('POST /groups was not answered with a new group of the given name')
  }
  ledger.setGroup(group_id)
  return group_id
}

/** Deletes the group of a ledger, if there is one. Returns what is left, in words. */
export async function clean(call: ApiCall, ledger: Ledger): Promise<string | undefined> {
  try {
    if (ledger.group_id === undefined) await findGroup(call, ledger)
    const { group_id } = ledger
    if (group_id === undefined) return undefined
    const params = { group_id }
    const { status, json } = await call('GET', '/groups/{group_id}', { params })
    if (status === 404) return undefined
    if (!isRow(json) || json.name !== ledger.name) return `The group ${group_id} has another name than in the ledger.`
    await call('DELETE', '/groups/{group_id}', { params })
    const gone = await call('GET', '/groups/{group_id}', { params })
    return gone.status === 404 ? undefined : `The group ${group_id} is still there after DELETE.`
  } catch (error) {
    if (!(error instanceof NotAsPlanned || error instanceof RateLimited)) throw error
    return `The group ${ledger.name} may be left: ${error.message}.`
  }
}

/** A run that ended while it created its group knows only its name. */
async function findGroup(call: ApiCall, ledger: Ledger) {
  const query = { group_name: ledger.name }
  const { results } = pageOf(await call('GET', '/groups', { query }))
  const found = results.find(({ name, group_id }) => name === ledger.name && isUuid(group_id))
  if (found) ledger.setGroup(String(found.group_id))
}

function explainStart(error: unknown): unknown {
  if (error instanceof NotAsPlanned || error instanceof RateLimited) {
    return new SetupError(`The API cannot be asked: ${error.message}.`)
  }
  return error
}

/** 0 if all that was asked agrees, 2 if something differs, 1 if too little could be asked. */
export function exitCodeOf({ findings, shapes, values, troubles }: VerifyOutcome): 0 | 1 | 2 {
  const compared = [...shapes.values(), ...values.values()]
  const verdicts = findings.map(({ verdict }) => verdict)
  if (verdicts.includes('differs') || compared.some(({ problems }) => problems.length > 0)) return 2
  const isIncomplete = troubles.length > 0 || verdicts.includes('instrument') || !verdicts.includes('agrees')
  return isIncomplete ? 1 : 0
}

/** The settings that the readings found, without those on which probes disagree. */
export function settingsOf({
  findings,
}: Pick<VerifyOutcome, 'findings'>): Partial<Record<keyof OrganizationSettings, string | number>> {
  const readings = new Map<keyof OrganizationSettings, Set<string>>()
  for (const { probe, reading } of findings) {
    if (!probe.setting || reading === undefined || !(reading in probe.readings)) continue
    readings.set(probe.setting, (readings.get(probe.setting) ?? new Set()).add(reading))
  }
  const agreed = [...readings].flatMap(([name, found]) => {
    const [reading = ''] = found
    return found.size === 1 ? [[name, name === 'max_duration_minutes' ? Number(reading) : reading] as const] : []
  })
  return Object.fromEntries(agreed)
}

/** The behaviors that the readings confirm. */
export function behaviorsOf({ findings }: Pick<VerifyOutcome, 'findings'>): BehaviorId[] {
  const confirmed = findings.flatMap(({ probe, reading }) =>
    reading === undefined ? [] : (probe.readings[reading] ?? []),
  )
  return [...new Set(confirmed)].sort()
}
