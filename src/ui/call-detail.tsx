import { useState } from 'preact/hooks'
import type { Change, JournalEntry } from '../library/types.js'
import { Undo } from './undo.js'
import { Basis, Copy, Json, Problem, StatusBadge, useWork } from './parts.js'
import { usePage, writeCurl } from './page.js'
import { PathText } from './path-text.js'
import { readJson, ruleOf, stubOf } from './rules.js'
import type { ReceivedAnswer } from './session.js'
import { formatDate, writeDistance } from './time.js'

export function CallDetail({ call }: { call: JournalEntry }) {
  const page = usePage()
  const { open, draftRule } = page
  const { start, problem, isBusy, setProblem } = useWork()
  const [again, setAgain] = useState<ReceivedAnswer>()
  const { method, url, body, operation, hint, why, rule, basis } = call
  const sent = { method, url, ...(body !== undefined && { body }) }
  const isOfApi = url.startsWith('/v1') && operation?.startsWith('sandbox_') !== true

  async function send() {
    const answer = await page.call(sent)
    if (answer === undefined) return
    setAgain(answer)
  }

  return (
    <section class="pane detail" aria-label="The call">
      <div class="head">
        <button type="button" class="back" onClick={() => open('calls')} aria-label="Close the call">
          ←
        </button>
        <h2>
          <span class={`method ${method.toLowerCase()}`}>{method}</span> <PathText url={url} />
        </h2>
        <StatusBadge {...call} />
      </div>
      <div class="body">
        <p class="muted facts">
          {operation ?? 'no operation of the API'} · {formatDate(call.at)} · {writeDistance(call.duration_ms)} ·{' '}
          {call.request_id} · <Basis basis={basis} />
        </p>
        {isOfApi && (
          <div class="toolbar">
            <Copy text={writeCurl(page, sent)}>Copy as curl</Copy>
            <button
              type="button"
              disabled={isBusy || call.body_cut === true}
              title={call.body_cut ? 'The journal keeps only the beginning of its body.' : undefined}
              onClick={() => start(send)}
            >
              Send again
            </button>
            <button type="button" onClick={() => draftRule(ruleOf(call, { status: 503 }))}>
              Make a fault rule
            </button>
            {call.status === 501 && (
              <button type="button" class="primary" onClick={() => draftRule(stubOf(call))}>
                Stub it
              </button>
            )}
            {call.changes && <Undo to={call.request_id} question="Undo it and all after it?" />}
          </div>
        )}
        <Problem text={problem} />
        {again && <Again answer={again} onClose={() => setAgain(undefined)} onProblem={setProblem} />}

        <h3>Why</h3>
        <ol class="why">
          {why.map((step, index) => (
            <li key={index} class={index === why.length - 1 ? `decides ${toneOfCall(call)}` : ''}>
              {step}
              {index === why.length - 1 && (
                <span class="decided">decided{rule !== undefined && <code>{rule}</code>}</span>
              )}
            </li>
          ))}
        </ol>
        {hint !== undefined && (
          <p class="hint">
            <b>Hint</b> {hint}
          </p>
        )}
        {call.ignored && (
          <p class="hint">
            <b>Without effect</b> {call.ignored.join(', ')}
          </p>
        )}
        {call.fault && (
          <p class="hint">
            <b>Fault rule</b>{' '}
            <button type="button" class="link" onClick={() => open('faults')}>
              {call.fault.fault_id}
            </button>{' '}
            {call.fault.effect}, {call.fault.phase} the work
          </p>
        )}

        <h3>What it changed</h3>
        {call.changes ? (
          <Changes changes={call.changes} />
        ) : (
          <p class="muted">{call.changes_cut ? 'More than the journal keeps of a call.' : 'Nothing.'}</p>
        )}

        <h3>Request</h3>
        <Headers headers={Object.entries(call.headers)} />
        {body === undefined ? <p class="muted">No body.</p> : <Json value={body} />}
        {call.body_cut && <p class="muted">The rest was not kept.</p>}

        <h3>Answer</h3>
        {call.answer === undefined ? (
          <p class="muted">{call.status === undefined ? 'No answer was sent.' : 'The body is empty.'}</p>
        ) : (
          <Json value={call.answer} />
        )}
        {call.answer_cut && <p class="muted">The rest was not kept.</p>}
      </div>
    </section>
  )
}

interface AgainProps {
  answer: ReceivedAnswer
  onClose: () => void
  onProblem: (text: string | undefined) => void
}

/** The answer to the call that was sent again, with its headers. */
function Again({ answer, onClose }: AgainProps) {
  const { open } = usePage()
  const { request_id } = answer
  return (
    <div class="card" role="status">
      <div class="line">
        <b>Sent again</b> <StatusBadge status={answer.status} />
        {request_id !== undefined && (
          <button type="button" class="link" onClick={() => open('calls', request_id)}>
            {request_id}
          </button>
        )}
        <button type="button" class="small end" onClick={onClose}>
          Close
        </button>
      </div>
      <Headers headers={answer.headers} />
      {answer.text !== '' && <Json value={readJson(answer.text)} />}
    </div>
  )
}

function Headers({ headers }: { headers: [string, string][] }) {
  return (
    <details class="headers">
      <summary>{headers.length} headers</summary>
      <dl>
        {headers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** Rows before and after. */
export function Changes({ changes }: { changes: Change[] }) {
  const { directory } = usePage().state
  return (
    <ul class="changes">
      {changes.map(({ noun, key, change, before = {}, after = {} }, index) => (
        <li key={index}>
          <p>
            <span class={`mark ${change}`}>{change}</span> <b>{noun.replaceAll('_', ' ')}</b>{' '}
            {Object.values(key).map((id) => (
              <span key={id} class="key" title={id}>
                <bdi>{directory.nameOf(id) ?? id}</bdi>
              </span>
            ))}
          </p>
          <table>
            <tbody>
              {Object.keys({ ...before, ...after }).map((field) => (
                <tr key={field}>
                  <th scope="row">{field}</th>
                  {change !== 'created' && (
                    <td class="before">
                      <span class="visually-hidden">before: </span>
                      {show(before[field])}
                    </td>
                  )}
                  {change !== 'removed' && (
                    <td class="after">
                      <span class="visually-hidden">after: </span>
                      {show(after[field])}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </li>
      ))}
    </ul>
  )
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function toneOfCall({ status }: JournalEntry): string {
  if (status === undefined) return 'bad'
  return status < 300 ? 'ok' : 'bad'
}
