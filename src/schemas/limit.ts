import { limitForms, type Limit } from '../domain/limit.js'
import { parseDurationMs } from './duration.js'

/** Parses `longer-than=8h` and the like; undefined if it is none. Groups may also be aliases. */
export function parseLimit(text: string): Limit | undefined {
  const [, rule, value = ''] = /^([a-z-]+)(?:=(.*))?$/s.exec(text) ?? []
  switch (rule) {
    case 'indefinite-access':
      return text === rule ? { rule } : undefined
    case 'longer-than': {
      const ms = parseDurationMs(value)
      return ms === undefined ? undefined : { rule, ms }
    }
    case 'level':
      return text === rule ? undefined : { rule, access_level_remote_id: value }
    case 'outside-groups':
      return /^[^,]+(,[^,]+)*$/.test(value) ? { rule, group_ids: value.split(',') } : undefined
    case 'more-than': {
      const [, grants] = /^(\d{1,9})-grants?$/.exec(value) ?? []
      return grants === undefined ? undefined : { rule, grants: Number(grants) }
    }
    default:
      return undefined
  }
}

export const aLimit = `one of ${limitForms.join(', ')}`

interface NamedGroup {
  alias: string
  group_id: string
}

/** The rule with the ids of its groups in place of aliases. `report` is called with what is wrong with it. */
export function resolveLimit(
  text: string,
  groups: () => readonly NamedGroup[],
  report: (message: string) => void,
): string {
  const limit = parseLimit(text)
  if (!limit) report(`expected ${aLimit}, got ${JSON.stringify(text)}`)
  if (limit?.rule !== 'outside-groups') return text
  const ids = limit.group_ids.map((name) => {
    const found = groups().find(({ alias, group_id }) => alias === name || group_id === name.toLowerCase())
    if (!found) report(`names a group that does not exist: ${name}`)
    return found?.group_id ?? name
  })
  return `outside-groups=${ids.join(',')}`
}
