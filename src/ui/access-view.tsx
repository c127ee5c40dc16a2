import { useMemo, useRef, useState } from 'preact/hooks'
import { isLive, nextEnd, statusAt, type Grant } from './access.js'
import { ClockControls } from './clock.js'
import { List } from './list.js'
import { useNow } from './live.js'
import { Problem, Propagation, propagationTone, Search, useWork } from './parts.js'
import { usePage } from './page.js'
import { createScale, formatDate, formatDistance, writeDistance, type Scale } from './time.js'

type Line = { kind: 'group'; key: string; name: string; count: number } | { kind: 'grant'; key: string; grant: Grant }

/** Who has access to what, and until when. */
export function AccessView({ title }: { title: string }) {
  const { state, open } = usePage()
  const now = useNow(state.clock)
  const [text, setText] = useState('')
  const [isTable, setIsTable] = useState(false)
  /** How far the playhead is ahead of now. */
  const [ahead, setAhead] = useState(0)
  const { grants } = state.directory

  const found = useMemo(() => {
    const wanted = text.toLowerCase()
    return grants.filter((grant) =>
      `${grant.group_name} ${grant.user_name} ${grant.email}`.toLowerCase().includes(wanted),
    )
  }, [grants, text])
  const lines = useMemo(() => toLines(found), [found])
  const lastMs = useMemo(
    () => found.reduce((last, { endsAt }) => (endsAt === Infinity ? last : Math.max(last, endsAt - now)), 0),
    // A scale that moved every second would make the bars jump.
    [found, state.clock],
  )
  const scale = useMemo(() => createScale(lastMs), [lastMs])
  const at = now + ahead
  const lost = useMemo(
    () => (ahead === 0 ? [] : found.filter((grant) => isLive(grant, now) && !isLive(grant, at))),
    [found, at, now, ahead],
  )
  const live = found.reduce((count, grant) => (isLive(grant, now) ? count + 1 : count), 0)

  return (
    <div class="pane">
      <div class="head">
        <p class="title" aria-hidden="true">
          {title}
        </p>
        <span class="muted">
          {live} live, {found.length - live} ended
        </span>
      </div>
      <ClockControls next={nextEnd(grants, now)} />
      <div class="toolbar">
        <Search label="Search people and groups" value={text} onInput={setText} />
        <div class="segments" role="group" aria-label="View as">
          <button type="button" aria-pressed={!isTable} onClick={() => setIsTable(false)}>
            Picture
          </button>
          <button type="button" aria-pressed={isTable} onClick={() => setIsTable(true)}>
            Table
          </button>
        </div>
      </div>
      <Preview at={at} now={now} ahead={ahead} lost={lost} onDone={() => setAhead(0)} />
      <Happened />
      {found.length === 0 ? (
        <p class="empty">{grants.length === 0 ? 'Nobody is in a group.' : 'Nobody and no group matches.'}</p>
      ) : isTable ? (
        <Table grants={found} now={at} onOpen={(grant) => open('state', 'groups', grant.group_id)} />
      ) : (
        <List
          class="bars"
          label="Access"
          header={<Axis scale={scale} now={now} ahead={ahead} onMove={setAhead} />}
          items={lines}
          keyOf={(line) => line.key}
          rowHeight={32}
          onOpen={(line) => open('state', 'groups', line.key.split('/')[0] ?? '')}
          row={(line) =>
            line.kind === 'group' ? (
              <span class="group-line">
                <bdi>{line.name}</bdi> <small class="muted">{line.count}</small>
              </span>
            ) : (
              <Bar grant={line.grant} scale={scale} now={now} at={at} />
            )
          }
        />
      )}
    </div>
  )
}

function toLines(grants: Grant[]): Line[] {
  const groups = new Map<string, Grant[]>()
  for (const grant of grants) {
    const members = groups.get(grant.group_id)
    if (members) members.push(grant)
    else groups.set(grant.group_id, [grant])
  }
  return [...groups].flatMap(([group_id, members]): Line[] => [
    { kind: 'group', key: group_id, name: members[0]?.group_name ?? '', count: members.length },
    ...members.sort((a, b) => a.endsAt - b.endsAt).map((grant): Line => ({ kind: 'grant', key: grant.key, grant })),
  ])
}

interface BarProps {
  grant: Grant
  scale: Scale
  now: number
  /** Where the playhead is. */
  at: number
}

/** Access from now to its end. */
function Bar({ grant, scale, now, at }: BarProps) {
  const { endsAt, user_name, level } = grant
  const hasEnded = !isLive(grant, now)
  const isLost = !isLive(grant, at)
  const status = statusAt(grant, at)
  const width = endsAt === Infinity ? 100 : scale.position(endsAt - now) * 100
  const tone = status === undefined ? 'synced' : propagationTone(status)
  const ends =
    endsAt === Infinity
      ? 'does not end'
      : hasEnded
        ? `ended ${formatDistance(endsAt, now)}`
        : formatDistance(endsAt, now)
  return (
    <span class={isLost ? 'bar-line lost' : 'bar-line'}>
      <span class="who">
        <bdi>{user_name}</bdi>
        {level !== '' && (
          <small class="muted">
            <bdi>{level}</bdi>
          </small>
        )}
      </span>
      <span class="track">
        <svg width="100%" height="16" aria-hidden="true">
          {hasEnded ? (
            <circle class="ended" cx="5" cy="8" r="4" />
          ) : (
            <>
              <rect class={`bar ${tone}`} x="0" y="2" width={`${width}%`} height="12" rx="3" />
              {endsAt !== Infinity && <rect class={`end ${tone}`} x={`${width}%`} y="0" width="2" height="16" />}
            </>
          )}
        </svg>
        <span
          class={width > 60 && !hasEnded ? 'ends inside' : 'ends'}
          style={{ left: `${hasEnded ? 2 : width > 60 ? 0 : width}%` }}
        >
          {ends}
          {status !== undefined && status !== 'SUCCESS' && !isLost && <b>{status}</b>}
          {isLost && !hasEnded && <b>lost</b>}
        </span>
      </span>
    </span>
  )
}

interface AxisProps {
  scale: Scale
  now: number
  ahead: number
  onMove: (ahead: number) => void
}

/** The time axis, with the playhead to drag. */
function Axis({ scale, now, ahead, onMove }: AxisProps) {
  const track = useRef<HTMLDivElement>(null)
  const share = scale.position(ahead)

  function drag(event: PointerEvent) {
    const box = track.current?.getBoundingClientRect()
    if (!box || event.buttons === 0) return
    onMove(scale.at((event.clientX - box.left) / box.width))
  }

  function step(event: KeyboardEvent) {
    const steps: Record<string, number> = {
      ArrowRight: share + 0.01,
      ArrowLeft: share - 0.01,
      PageUp: share + 0.1,
      PageDown: share - 0.1,
      Home: 0,
      End: 1,
    }
    const wanted = steps[event.key]
    if (wanted === undefined) return
    event.preventDefault()
    // The first step may be smaller than what the scale rounds to.
    const next = scale.at(wanted)
    onMove(event.key === 'ArrowRight' && next <= ahead ? ahead + 1_000 : next)
  }

  return (
    <div class="axis">
      <span class="who muted">logarithmic time</span>
      <div
        ref={track}
        class="track"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          drag(event)
        }}
        onPointerMove={drag}
      >
        <span class="tick first">now</span>
        {scale.ticks.map(({ ms, label }) => (
          <span key={ms} class="tick" style={{ left: `${scale.position(ms) * 100}%` }}>
            {label}
          </span>
        ))}
        <div
          class="playhead"
          role="slider"
          tabIndex={0}
          aria-label="Preview"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          aria-valuetext={ahead === 0 ? 'now' : `${writeDistance(ahead)} from now, ${formatDate(now + ahead)}`}
          style={{ left: `${share * 100}%` }}
          onKeyDown={step}
        />
        <span class="playhead-line" style={{ left: `${share * 100}%` }} />
      </div>
    </div>
  )
}

interface PreviewProps {
  at: number
  now: number
  ahead: number
  lost: Grant[]
  onDone: () => void
}

const maxNamed = 3

/** Who has lost access where the playhead is. */
function Preview({ at, now, ahead, lost, onDone }: PreviewProps) {
  const { live } = usePage()
  const { start, problem, isBusy } = useWork()
  async function advance() {
    await live.change(() => live.session.client.turnClock({ set: new Date(at).toISOString() }))
    onDone()
  }
  return (
    <div class="preview">
      {ahead === 0 ? (
        <p class="muted">Drag the playhead to see who has lost access at a later time.</p>
      ) : (
        <>
          <p>
            <b>{formatDate(at)}</b> <span class="muted">{formatDistance(at, now)}</span>:{' '}
            {lost.length === 0
              ? 'nobody has lost access.'
              : `${lost.length} ${lost.length === 1 ? 'has' : 'have'} lost access: ${nameSome(lost)}.`}
          </p>
          <button type="button" class="primary" disabled={isBusy} onClick={() => start(advance)}>
            Advance the clock to here
          </button>
          <button type="button" onClick={onDone}>
            Back to now
          </button>
        </>
      )}
      <Problem text={problem} />
    </div>
  )
}

function nameSome(grants: Grant[]): string {
  const named = grants.slice(0, maxNamed).map(({ user_name, group_name }) => `${user_name} (${group_name})`)
  const more = grants.length - named.length
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

const maxHappened = 4

/** What expired and what settled while the page was open. */
function Happened() {
  const { happened } = usePage().state
  const more = happened.length - maxHappened
  return (
    <div class="happened" role="log" aria-label="What happened">
      {happened.slice(0, maxHappened).map(({ at, text }) => (
        <p key={`${at} ${text}`}>
          <time>{formatDate(at)}</time> <bdi>{text}</bdi>
        </p>
      ))}
      {more > 0 && <p class="muted">and {more} more before</p>}
    </div>
  )
}

interface TableProps {
  grants: Grant[]
  now: number
  onOpen: (grant: Grant) => void
}

function Table({ grants, now, onOpen }: TableProps) {
  return (
    <List
      class="grants"
      header={
        <div class="columns" aria-hidden="true">
          <span>Group</span>
          <span>Person</span>
          <span>Level</span>
          <span>Ends</span>
          <span>Propagation</span>
        </div>
      }
      label="Access as a table: group, person, level, end, propagation"
      items={grants}
      keyOf={(grant) => grant.key}
      rowHeight={36}
      onOpen={onOpen}
      row={(grant) => (
        <>
          <bdi>{grant.group_name}</bdi>
          <bdi>{grant.user_name}</bdi>
          <bdi class="muted">{grant.level === '' ? 'default' : grant.level}</bdi>
          <span>
            {grant.endsAt === Infinity
              ? 'does not end'
              : `${formatDate(grant.endsAt)}, ${formatDistance(grant.endsAt, now)}`}
          </span>
          <span>
            {isLive(grant, now) ? <Propagation status={statusAt(grant, now)} /> : <span class="badge">ended</span>}
          </span>
        </>
      )}
    />
  )
}
