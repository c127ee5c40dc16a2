import { NotAsPlanned, type ApiAnswer, type ApiCall } from './call.js'

export type JsonObject = Readonly<Record<string, unknown>>

/** A page of a list. */
export interface ListPage {
  results: JsonObject[]
  next: unknown
  previous: unknown
}

/** What the organization has, as far as the probes need it. */
export interface Survey {
  groups: ListPage
  users: ListPage
  /** A group that has users, and all of them; undefined if none was found. */
  group: { group_id: string; members: ListPage } | undefined
}

/** How many calls `lookAround` makes at most. */
export const surveyCalls = 6

/** How many rows the first pages hold: few, so that there is a second page even in a small organization. */
export const smallPage = { page_size: '2' }

export async function lookAround(call: ApiCall): Promise<Survey> {
  const groups = pageOf(await call('GET', '/groups', { query: smallPage }))
  const users = pageOf(await call('GET', '/users', { query: smallPage }))
  // Only for the form of its dates.
  await call('GET', '/tokens')
  const access: JsonObject[] = []
  for (const { user_id } of users.results) {
    const params = { user_id: String(user_id) }
    access.push(...pageOf(await call('GET', '/groups/users/{user_id}', { params })).results)
  }
  const group_id = access[0]?.group_id ?? groups.results[0]?.group_id
  if (typeof group_id !== 'string') return { groups, users, group: undefined }
  const members = pageOf(await call('GET', '/groups/{group_id}/users', { params: { group_id } }))
  return { groups, users, group: { group_id, members } }
}

/** Throws NotAsPlanned if the answer is not a page. */
export function pageOf({ method, template, status, json }: ApiAnswer): ListPage {
  const { results, next, previous } = isRow(json) ? json : {}
  if (status !== 200 || !Array.isArray(results) || !results.every(isRow)) {
    throw new NotAsPlanned(`${method} ${template} was answered with ${status}, not with a list`)
  }
  return { results, next, previous }
}

export function isRow(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** All rows of a list, and whether it was cut. */
export async function readAll(call: ApiCall, template: string, params: Record<string, string>, maxPages: number) {
  const rows: JsonObject[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < maxPages; pages++) {
    const query = { page_size: '1000', ...(cursor !== undefined && { cursor }) }
    const { results, next } = pageOf(await call('GET', template, { params, query }))
    rows.push(...results)
    if (typeof next !== 'string' || next === '') return { rows, isCut: false }
    cursor = next
  }
  return { rows, isCut: true }
}
