import { Type, type Static } from '@sinclair/typebox'
import { layouts, shownNouns, type ChangedNoun, type Row, type RowChange } from '../domain/change.js'
import { formatTimestamp, type ClockState } from '../domain/clock.js'
import { isRecordNoun, linkKinds, recordKinds, type LinkName, type Noun, type RecordNoun } from '../domain/records.js'
import type { OrganizationSettings } from '../domain/settings.js'
import type { LimitViolation } from '../domain/limit.js'
import { writeSettings } from '../schemas/settings.js'
import { writeTimeline } from '../schemas/timeline.js'
import { Enum } from '../schemas/types.js'

const Fields = (description: string) => Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description }))

export const ChangeSchema = Type.Object(
  {
    noun: Enum(shownNouns, { description: 'What was changed: a noun, or a kind of link between two of them.' }),
    key: Type.Record(Type.String(), Type.String(), {
      description: 'The ids that name it; empty for the clock and the settings.',
    }),
    change: Enum(['created', 'updated', 'removed'], { description: 'What happened to it.' }),
    before: Fields('Its fields before, of an update only those that differ; left out if it was created.'),
    after: Fields('Its fields after, of an update only those that differ; left out if it was removed.'),
  },
  { title: 'Change', description: 'How something was changed.', additionalProperties: false },
)

export type ShownChange = Static<typeof ChangeSchema>

export const ViolationSchema = Type.Object(
  {
    organization: Type.String({ description: '`default`, or `org-<name>`.', examples: ['default'] }),
    request_id: Type.String({ description: 'The id of the call.', examples: ['req-1a'] }),
    operation: Type.String({ description: 'The operation that was called.', examples: ['update_group_user'] }),
    rule: Type.String({ description: 'The rule that it broke.', examples: ['longer-than=8h'] }),
    noun: Enum(shownNouns, { description: 'What it changed.' }),
    key: Type.Record(Type.String(), Type.String(), { description: 'The ids that name it.' }),
    message: Type.String({ description: 'In which way.', examples: ['gives access that never ends'] }),
  },
  { title: 'Violation', description: 'A change that a rule forbids.', additionalProperties: false },
)

/** A violation as the control plane shows it. */
export function showViolation({ key, noun, ...violation }: LimitViolation): Static<typeof ViolationSchema> {
  return { ...violation, noun, key: showKey(noun, key) }
}

/** Changes as the control plane shows them: with fields in place of columns. Some columns are not shown. */
export function showChanges(rows: readonly RowChange[]): ShownChange[] {
  return rows.flatMap(({ noun, key, before, after }): ShownChange[] => {
    if (noun === 'counter') return []
    const shown = { noun, key: showKey(noun, key) }
    if (!before) return after ? [{ ...shown, change: 'created', after: showRow(noun, after) }] : []
    if (!after) return [{ ...shown, change: 'removed', before: showRow(noun, before) }]
    const [old, now] = [showUpdated(noun, before), showUpdated(noun, after)]
    const names = Object.keys({ ...old, ...now }).filter(
      (name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]),
    )
    if (names.length === 0) return []
    return [{ ...shown, change: 'updated', before: only(names, old), after: only(names, now) }]
  })
}

function only(names: string[], fields: Record<string, unknown>) {
  return Object.fromEntries(names.filter((name) => name in fields).map((name) => [name, fields[name]]))
}

/** The names of the ids of both ends of a link; those of groups in groups differ. */
const endsOfGroups: Partial<Record<LinkName, string>> = {
  group_visibility: 'visibility_group_id',
  resource_visibility: 'visibility_group_id',
  group_containing_group: 'containing_group_id',
}

export function showKey(noun: ChangedNoun, key: Row): Record<string, string> {
  const text = (name: string) => String(key[name])
  if (isRecord(noun)) return { [recordKinds[noun].idField]: text('id') }
  if (!isLink(noun)) return key as Record<string, string>
  const { from, to } = linkKinds[noun]
  return { [idField(from)]: text('from_id'), [endsOfGroups[noun] ?? idField(to)]: text('to_id') }
}

function idField(noun: Noun): string {
  return isRecordNoun(noun) ? recordKinds[noun].idField : `${noun}_id`
}

function isRecord(noun: ChangedNoun): noun is RecordNoun {
  return noun in recordKinds
}

function isLink(noun: ChangedNoun): noun is LinkName {
  return noun in linkKinds
}

/** The order of links is shown if it changed. */
function showUpdated(noun: ChangedNoun, row: Row): Record<string, unknown> {
  const { sequence } = row
  return { ...showRow(noun, row), ...(isLink(noun) && sequence !== undefined && { sequence }) }
}

/** Optional fields without a value are left out, as in the API. */
function showRow(noun: ChangedNoun, { sequence, alias, ...row }: Row): Record<string, unknown> {
  const { document, details, clock, settings, propagation, ...columns } = row
  const isKey = (name: string) => (layouts[noun].key as readonly string[]).includes(name)
  const shown = {
    ...Object.fromEntries(Object.entries(columns).filter(([name]) => !isKey(name))),
    ...readObject(document),
    ...readObject(details),
    ...(typeof clock === 'string' && showClockState(JSON.parse(clock) as ClockState)),
    ...(typeof settings === 'string' && writeSettings(JSON.parse(settings) as OrganizationSettings)),
    ...(typeof propagation === 'string' && { propagation: writeTimeline(propagation) }),
  }
  if (noun !== 'user') return shown
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null))
}

function readObject(text: unknown): object {
  return typeof text === 'string' ? (JSON.parse(text) as object) : {}
}

/** With the fields that a seed has. */
function showClockState(clock: ClockState) {
  if (clock.mode === 'frozen') return { mode: clock.mode, frozen_at: formatTimestamp(clock.at) }
  return clock
}
