import { useMemo, useState } from 'preact/hooks'
import {
  entriesOf,
  isLive,
  describeEntry,
  sections,
  statusAt,
  type EntryFields,
  type Grant,
  type Section,
} from './access.js'
import { List } from './list.js'
import { useNow } from './live.js'
import { Code, Confirm, Problem, Propagation, Search, useWork } from './parts.js'
import { usePage } from './page.js'
import type { SentCall } from './session.js'
import { formatDate, formatDistance } from './time.js'
import { Undo } from './undo.js'

interface Entry {
  id: string
  alias: string
  label: string
  detail: string
  fields: EntryFields
}

/** Everything that the organization holds. */
export function StateView({ title }: { title: string }) {
  const { state, route, open } = usePage()
  const [text, setText] = useState('')
  const { seed } = state
  const [wanted, openId] = route.path
  const [section, idField] = sections.find(([name]) => name === wanted) ?? sections[0]

  const entries = useMemo(() => (seed ? toEntries(entriesOf(seed, section), idField) : []), [seed, section, idField])
  const found = useMemo(() => {
    const searched = text.toLowerCase()
    return entries.filter(({ id, alias, label, detail }) =>
      `${id} ${alias} ${label} ${detail}`.toLowerCase().includes(searched),
    )
  }, [entries, text])
  const opened = entries.find(({ id }) => id === openId)
  const changed = state.calls.find(({ changes }) => changes !== undefined)

  return (
    <div class={opened ? 'split open' : 'split'}>
      <section class="pane">
        <div class="head">
          <p class="title" aria-hidden="true">
            {title}
          </p>
          {changed && <Undo to={changed.request_id} question="Undo the last change?" />}
        </div>
        <nav class="tabs" aria-label="Kinds">
          {sections.map(([name, , heading]) => {
            const count = seed ? entriesOf(seed, name).length : 0
            return (
              <button
                key={name}
                type="button"
                aria-current={name === section ? 'true' : undefined}
                onClick={() => open('state', name)}
              >
                {heading} <small class="muted">{count}</small>
              </button>
            )
          })}
        </nav>
        <div class="toolbar">
          <Search label="Search" value={text} onInput={setText} />
        </div>
        {found.length === 0 ? (
          <p class="empty">{entries.length === 0 ? 'There are none.' : 'Nothing matches.'}</p>
        ) : (
          <List
            key={section}
            class="entries"
            label="Entries"
            items={found}
            keyOf={({ id }) => id}
            rowHeight={48}
            open={openId}
            onOpen={({ id }) => open('state', section, id)}
            row={({ label, detail, alias }) => (
              <>
                <bdi class="label">{label}</bdi>
                <bdi class="muted detail-text">{detail}</bdi>
                <code class="alias">{alias}</code>
              </>
            )}
          />
        )}
      </section>
      {opened && <EntryDetail key={opened.id} entry={opened} section={section} />}
    </div>
  )
}

function toEntries(entries: [alias: string, fields: EntryFields][], idField: string): Entry[] {
  return entries.map(([alias, fields]) => ({
    id: textOf(fields[idField]) ?? alias,
    alias,
    label: describeEntry(fields, alias),
    detail: [fields.email, fields.position, fields.description, fields.group_type, fields.access_level]
      .filter((text) => typeof text === 'string' && text !== '')
      .join(' · '),
    fields,
  }))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function EntryDetail({ entry, section }: { entry: Entry; section: Section }) {
  const { state, open } = usePage()
  const { id, alias, label, fields } = entry
  const { grants } = state.directory
  const own = useMemo(
    () => grants.filter(({ group_id, user_id }) => (section === 'groups' ? group_id : user_id) === id),
    [grants, section, id],
  )
  return (
    <section class="pane detail" aria-label="The entry">
      <div class="head">
        <button type="button" class="back" aria-label="Close the entry" onClick={() => open('state', section)}>
          ←
        </button>
        <h2>
          <bdi>{label}</bdi>
        </h2>
      </div>
      <div class="body">
        <dl class="facts">
          <div>
            <dt>id</dt>
            <dd>
              <Code text={id} />
            </dd>
          </div>
          <div>
            <dt>alias</dt>
            <dd>
              <Code text={alias} />
            </dd>
          </div>
          {Object.entries(fields)
            .filter(([, value]) => value !== id && value !== '')
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <FieldValue value={value} />
                </dd>
              </div>
            ))}
        </dl>
        {section === 'groups' && <Grants heading="Who has access" grants={own} nameOf={(grant) => grant.user_name} />}
        {section === 'users' && <Grants heading="Access" grants={own} nameOf={(grant) => grant.group_name} />}
        {section === 'groups' && <GrantForm group_id={id} levels={levelsOf(fields)} members={own} />}
      </div>
    </section>
  )
}

function FieldValue({ value }: { value: unknown }) {
  const { directory } = usePage().state
  if (typeof value !== 'string') return <code>{JSON.stringify(value)}</code>
  const name = directory.nameOf(value)
  if (name === undefined) return <bdi>{value}</bdi>
  return (
    <span title={value}>
      <bdi>{name}</bdi> <code class="muted">{value.slice(0, 8)}</code>
    </span>
  )
}

function levelsOf({ access_levels }: EntryFields): [name: string, id: string][] {
  return Object.entries((access_levels ?? {}) as Record<string, string>)
}

interface GrantsProps {
  heading: string
  grants: Grant[]
  nameOf: (grant: Grant) => string
}

const maxGrants = 200

function Grants({ heading, grants, nameOf }: GrantsProps) {
  const { state } = usePage()
  const now = useNow(state.clock)
  const { send, problem } = useCall()
  const [text, setText] = useState('')
  const found = grants.filter((grant) => nameOf(grant).toLowerCase().includes(text.toLowerCase()))
  return (
    <>
      <h3>
        {heading} <small class="muted">{grants.length}</small>
      </h3>
      {grants.length > 10 && <Search label={`Search ${heading}`} value={text} onInput={setText} />}
      {grants.length === 0 && <p class="muted">None.</p>}
      <ul class="plain grants-of">
        {found.slice(0, maxGrants).map((grant) => (
          <li key={grant.key} class="line">
            <span class="who">
              <bdi>{nameOf(grant)}</bdi>
              <small class="muted">
                {grant.level !== '' && <bdi>{grant.level}, </bdi>}
                {grant.endsAt === Infinity
                  ? 'does not end'
                  : `${isLive(grant, now) ? 'ends' : 'ended'} ${formatDate(grant.endsAt)}, ${formatDistance(grant.endsAt, now)}`}
              </small>
            </span>
            {isLive(grant, now) ? (
              <>
                <Propagation status={statusAt(grant, now)} />
                <button type="button" class="small" onClick={() => send(extend(grant, now))}>
                  +1 h
                </button>
                <Confirm
                  question="Revoke it?"
                  onConfirm={() => send({ method: 'DELETE', url: urlOf(grant.group_id, grant.user_id) })}
                >
                  Revoke
                </Confirm>
              </>
            ) : (
              <span class="badge">ended</span>
            )}
          </li>
        ))}
      </ul>
      {found.length > maxGrants && (
        <p class="muted">{found.length - maxGrants} more: search, or look at Access over time.</p>
      )}
      <Problem text={problem} />
    </>
  )
}

/** The API counts a duration from now. */
function extend({ group_id, user_id, endsAt }: Grant, now: number): SentCall {
  const left = endsAt === Infinity ? 0 : Math.ceil((endsAt - now) / 60_000)
  return { method: 'PUT', url: urlOf(group_id, user_id), body: { duration_minutes: left + 60 } }
}

function urlOf(group_id: string, user_id: string): string {
  return `/v1/groups/${group_id}/users/${user_id}`
}

/** Sends calls, and shows why one was rejected. */
function useCall() {
  const page = usePage()
  const { start, problem, isBusy } = useWork()
  const send = (call: SentCall) =>
    start(async () => {
      const answer = await page.call(call)
      if (answer && answer.status >= 300) throw new Error(messageOf(answer.status, answer.text))
    })
  return { send, problem, isBusy }
}

function messageOf(status: number, text: string): string {
  try {
    const { message, errors = [] } = JSON.parse(text) as {
      message?: string
      errors?: { path: string; message: string }[]
    }
    return [`${status}:`, message, ...errors.map((error) => `${error.path} ${error.message}`)].join(' ')
  } catch {
    return `${status}: ${text}`
  }
}

const durations: [label: string, minutes: number][] = [
  ['10 minutes', 10],
  ['1 hour', 60],
  ['8 hours', 480],
  ['1 day', 1_440],
  ['30 days', 43_200],
  ['No end', 0],
]

interface GrantFormProps {
  group_id: string
  levels: [name: string, id: string][]
  members: Grant[]
}

function GrantForm({ group_id, levels, members }: GrantFormProps) {
  const { state } = usePage()
  const now = useNow(state.clock)
  const { send, problem, isBusy } = useCall()
  const [user, setUser] = useState('')
  const [level, setLevel] = useState('')
  const [minutes, setMinutes] = useState(60)
  const inside = new Set(members.filter((grant) => isLive(grant, now)).map(({ user_id }) => user_id))
  const people = Object.entries(state.seed?.users ?? {}).filter(([, { user_id = '' }]) => !inside.has(user_id))
  const chosen = people.find(([, { user_id, email, full_name }]) => [user_id, email, full_name].includes(user))
  return (
    <form
      class="card form"
      aria-label="Grant access"
      onSubmit={(event) => {
        event.preventDefault()
        const user_id = chosen?.[1].user_id ?? user
        send({
          method: 'POST',
          url: urlOf(group_id, encodeURIComponent(user_id)),
          body: { duration_minutes: minutes, access_level_remote_id: level },
        })
        setUser('')
      }}
    >
      <label>
        Person
        <input
          list="people"
          required
          placeholder="Name, email or id"
          value={user}
          onInput={({ currentTarget }) => setUser(currentTarget.value)}
        />
        <datalist id="people">
          {people.slice(0, 500).map(([alias, { email, full_name }]) => (
            <option key={alias} value={email}>
              {full_name}
            </option>
          ))}
        </datalist>
      </label>
      {levels.length > 0 && (
        <label>
          Level
          <select value={level} onChange={({ currentTarget }) => setLevel(currentTarget.value)}>
            <option value="">default</option>
            {levels.map(([name, id]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        For
        <select value={minutes} onChange={({ currentTarget }) => setMinutes(Number(currentTarget.value))}>
          {durations.map(([label, value]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <div class="line wide">
        <button type="submit" class="primary" disabled={isBusy}>
          Grant access
        </button>
      </div>
      <Problem text={problem} />
    </form>
  )
}
