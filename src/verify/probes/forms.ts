import type { ApiAnswer } from '../call.js'
import { isRow, type JsonObject } from '../survey.js'
import { NotAsked, type Asking, type Probe, type Reading } from '../probe.js'

/** Probes that read the answers of the others, and so come last. */
export const formProbes: Probe[] = [
  {
    name: 'timestamps',
    asks: 'How many digits of a second do dates have?',
    level: 'read',
    calls: 0,
    setting: 'timestamps',
    expects: ({ timestamps }) => timestamps,
    readings: { milliseconds: [], microseconds: ['timestamps_in_microseconds'] },
    run: ({ answers }) => readDates(answers.flatMap(({ json }) => findDates(json))),
  },
  {
    name: 'default_access_level',
    asks: 'How does a group user at the default level show it?',
    level: 'read',
    calls: 0,
    setting: 'default_access_level',
    expects: (settings) => settings.default_access_level,
    readings: { object: [], null: ['default_level_null'], absent: ['default_level_absent'] },
    run: (asking) => readForm(asking, levelForm, 'no group user is at the default level'),
  },
  {
    name: 'propagation_of_synced',
    asks: 'How is propagation_status shown for access that Opal found in the remote system?',
    level: 'read',
    calls: 0,
    setting: 'propagation_of_synced',
    expects: (settings) => settings.propagation_of_synced,
    readings: { absent: ['synced_without_status'], null: ['synced_status_null'] },
    run: (asking) => readForm(asking, statusForm, 'no access was found in a remote system'),
  },
  {
    name: 'error_body',
    asks: 'Which fields does the body of an error have?',
    level: 'read',
    calls: 0,
    setting: 'error_body',
    expects: (settings) => settings.error_body,
    readings: { sandbox: [], opal_2024: ['error_body_of_2024'] },
    run: ({ answers }) => readErrors(answers.filter(isRejection).map(({ json }) => json)),
  },
]

const datePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?Z$/

function findDates(value: unknown): string[] {
  if (typeof value === 'string') return datePattern.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(findDates) : []
}

/** Three digits that end in 1 to 9 do not tell: without trailing zeros, microseconds can look the same. */
function readDates(dates: string[]): Reading {
  const digits = dates.map((date) => datePattern.exec(date)?.[1] ?? '')
  const saw = `such as ${dates[0] ?? ''}`
  if (digits.some((fraction) => fraction.length !== 3)) return { reading: 'microseconds', saw }
  if (digits.some((fraction) => fraction.endsWith('0'))) return { reading: 'milliseconds', saw }
  throw new NotAsked('no date was shown that tells milliseconds from microseconds without trailing zeros')
}

const levelForm = ({ access_level }: JsonObject) => {
  if (access_level === null) return 'null'
  if (access_level === undefined) return 'absent'
  return isRow(access_level) && access_level.access_level_remote_id === '' ? 'object' : undefined
}

const statusForm = ({ propagation_status }: JsonObject) => {
  if (propagation_status === null) return 'null'
  return propagation_status === undefined ? 'absent' : undefined
}

function readForm({ answers }: Asking, form: (groupUser: JsonObject) => string | undefined, none: string): Reading {
  const forms = new Set(answers.flatMap(({ json }) => findGroupUsers(json)).flatMap((one) => form(one) ?? []))
  const [first, ...others] = forms
  if (first === undefined) throw new NotAsked(none)
  return { reading: others.length === 0 ? first : 'unknown', saw: [...forms].join(' and ') }
}

function findGroupUsers(json: unknown): JsonObject[] {
  if (!isRow(json)) return []
  const rows = Array.isArray(json.results) ? json.results.filter(isRow) : [json]
  return rows.filter((row) => 'group_id' in row && 'user_id' in row && 'expiration_date' in row)
}

/** A gateway in front of the API can send a 429 in a form of its own. */
const isRejection = ({ status }: ApiAnswer) => status >= 400 && status !== 429

function readErrors(bodies: unknown[]): Reading {
  const forms = new Set(bodies.map((body) => (isRow(body) ? Object.keys(body).sort().join(', ') : 'no object')))
  if (forms.size === 0) throw new NotAsked('no call was rejected')
  const saw = [...forms].join(' or ')
  if (bodies.every((body) => isRow(body) && Object.keys(body).join() === 'Message')) {
    return { reading: 'opal_2024', saw }
  }
  const isOurs = bodies.every((body) => isRow(body) && 'code' in body && 'message' in body && 'request_id' in body)
  return { reading: isOurs ? 'sandbox' : 'unknown', saw }
}
