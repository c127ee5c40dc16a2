import { useMemo, useState } from 'preact/hooks'
import type { JournalEntry } from '../library/types.js'
import { CallDetail } from './call-detail.js'
import { List } from './list.js'
import { Basis, Confirm, Copy, Problem, Search, StatusBadge, useWork } from './parts.js'
import { usePage } from './page.js'
import { PathText } from './path-text.js'
import { formatTime } from './time.js'
import { useIsNarrow } from './width.js'

const statuses = ['2xx', '4xx', '5xx', 'no answer'] as const

export function CallsView({ title }: { title: string }) {
  const { live, state, route, open } = usePage()
  const [text, setText] = useState('')
  const [operation, setOperation] = useState('')
  const [status, setStatus] = useState('')
  const isNarrow = useIsNarrow()
  const { start, problem } = useWork()
  const { calls, directory } = state

  const operations = useMemo(() => [...new Set(calls.flatMap((call) => call.operation ?? []))].sort(), [calls])
  const exact = useMemo(() => [...new Set(calls.flatMap((call) => call.status ?? []))].sort(), [calls])
  const shown = useMemo(
    () =>
      calls.filter(
        (call) =>
          (operation === '' || call.operation === operation) &&
          hasStatus(call, status) &&
          (text === '' || searchedText(call, directory.nameOf).includes(text.toLowerCase())),
      ),
    [calls, operation, status, text, directory],
  )
  const [openId] = route.path
  const opened = calls.find(({ request_id }) => request_id === openId)

  return (
    <div class={opened ? 'split open' : 'split'}>
      <section class="pane">
        <div class="head">
          <p class="title" aria-hidden="true">
            {title}
          </p>
          <span class="muted">
            {shown.length === calls.length ? calls.length : `${shown.length} of ${calls.length}`}
          </span>
        </div>
        <div class="toolbar">
          <Search label="Search calls" value={text} onInput={setText} />
          <select
            aria-label="Operation"
            value={operation}
            onChange={({ currentTarget }) => setOperation(currentTarget.value)}
          >
            <option value="">Every operation</option>
            {operations.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <select aria-label="Status" value={status} onChange={({ currentTarget }) => setStatus(currentTarget.value)}>
            <option value="">Every status</option>
            {statuses.map((name) => (
              <option key={name}>{name}</option>
            ))}
            {exact.map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
          {calls.length > 0 && (
            <Confirm
              question="Clear all calls?"
              onConfirm={() => start(() => live.change(live.session.client.clearRequests))}
            >
              Clear
            </Confirm>
          )}
        </div>
        <Problem text={problem} />
        {calls.length === 0 ? (
          <NoCalls />
        ) : shown.length === 0 ? (
          <p class="empty">No call matches. Change the search or the filters.</p>
        ) : (
          <List
            class="calls"
            label="Calls"
            items={shown}
            keyOf={(call) => call.request_id}
            rowHeight={isNarrow ? 60 : 38}
            open={openId}
            onOpen={(call) => open('calls', call.request_id)}
            row={(call) => <CallRow call={call} />}
          />
        )}
      </section>
      {opened && <CallDetail key={opened.request_id} call={opened} />}
      {openId !== undefined && !opened && state.status === 'live' && (
        <section class="pane detail">
          <p class="empty">The journal holds no call {openId}. It keeps the last 1,000.</p>
        </section>
      )}
    </div>
  )
}

function CallRow({ call }: { call: JournalEntry }) {
  const { at, method, ignored, fault, changes, basis, operation } = call
  const isControl = operation?.startsWith('sandbox_') === true
  return (
    <>
      <time class="when">{formatTime(at)}</time>
      <span class={`method ${method.toLowerCase()}`}>{isControl ? nameControl(operation) : method}</span>
      <span class="what">{isControl ? <bdi>{call.why[0] ?? operation}</bdi> : <PathText url={call.url} />}</span>
      <span class="marks">
        {fault && <span class="mark fault">fault</span>}
        {ignored && <span class="mark">{ignored.length} ignored</span>}
        {changes && <span class="mark change">{changes.length === 1 ? '1 change' : `${changes.length} changes`}</span>}
        <Basis basis={basis} />
      </span>
      <span class="outcome">
        <StatusBadge {...call} />
      </span>
    </>
  )
}

/** What the control plane did, in a word. */
function nameControl(operation: string): string {
  return operation === 'sandbox_turn_clock' ? 'CLOCK' : 'STATE'
}

/** The call that works now. */
function NoCalls() {
  const { state } = usePage()
  if (!state.welcome) return null
  const { curl } = state.welcome
  return (
    <div class="empty">
      <h2>No calls yet</h2>
      <p>Every call of the API shows up here the moment it arrives, with the reason for its answer. Try this one:</p>
      <pre tabIndex={0}>{curl}</pre>
      <Copy text={curl}>Copy</Copy>
    </div>
  )
}

function hasStatus({ status }: JournalEntry, wanted: string): boolean {
  if (wanted === '') return true
  if (wanted === 'no answer') return status === undefined
  if (status === undefined) return false
  return wanted.endsWith('xx') ? String(status).startsWith(wanted.slice(0, 1)) : String(status) === wanted
}

function searchedText(call: JournalEntry, nameOf: (id: string) => string | undefined): string {
  const names = call.url.split(/[/?]/).map((part) => nameOf(part) ?? '')
  return [call.method, call.url, call.operation, call.request_id, ...names, ...call.why].join(' ').toLowerCase()
}
