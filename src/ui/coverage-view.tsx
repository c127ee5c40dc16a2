import { useState } from 'preact/hooks'
import type { Coverage } from '../library/types.js'
import { Problem, Search, toneOf, useLoaded } from './parts.js'
import { usePage } from './page.js'
import { stubOf } from './rules.js'

type Row = Coverage['results'][number]

/** Which statuses the code under test got from each operation, and which it never got. */
export function CoverageView({ title }: { title: string }) {
  const { live, state, draftRule } = usePage()
  const [text, setText] = useState('')
  const { value, problem } = useLoaded(() => live.session.client.getCoverage(), [live, state.revision])
  if (!value) return <Problem text={problem} />

  const matching = value.results.filter(({ operation, path }) =>
    `${operation} ${path}`.toLowerCase().includes(text.toLowerCase()),
  )
  const called = matching.filter(isCalled)
  const others = matching.filter((row) => !isCalled(row))
  const missed = value.results
    .filter(isCalled)
    .reduce((count, { statuses }) => count + Object.values(statuses).filter((times) => times === 0).length, 0)
  const codes = [...new Set(matching.flatMap(({ statuses }) => Object.keys(statuses)))].sort()

  return (
    <div class="pane">
      <div class="head">
        <p class="title" aria-hidden="true">
          {title}
        </p>
        <span class="muted">
          {missed} answers of {value.results.filter(isCalled).length} called operations
        </span>
      </div>
      <div class="toolbar">
        <Search label="Search operations" value={text} onInput={setText} />
      </div>
      <div class="body scroll" tabIndex={0} role="region" aria-label="Operations by status">
        {called.length === 0 && (
          <p class="empty">
            No operation was called yet. Once your code calls some, the answers that it has never met are marked here.
          </p>
        )}
        {called.length > 0 && (
          <p class="lead">
            How often each answer was met. <span class="unmet marked" /> marks what an operation that your code calls
            has never returned.
          </p>
        )}
        {called.length > 0 && <Matrix caption="Called" rows={called} codes={codes} isMarked />}
        {value.not_simulated.length > 0 && (
          <section>
            <h2>Called, and not simulated</h2>
            <ul class="plain">
              {value.not_simulated.map(({ operation, method, path, statuses }) => (
                <li key={operation} class="line">
                  <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
                  <span class="muted">{countsOf(statuses)}</span>
                  <button
                    type="button"
                    class="small end"
                    onClick={() => {
                      const call = state.calls.find((one) => one.operation === operation && one.status === 501)
                      draftRule(stubOf(call ?? { operation }))
                    }}
                  >
                    Stub it
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {value.unrouted.length > 0 && (
          <section>
            <h2>Matched no operation</h2>
            <ul class="plain">
              {value.unrouted.map(({ method, path, count }) => (
                <li key={`${method} ${path}`} class="line">
                  <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
                  <span class="muted">{count}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        {others.length > 0 && (
          <details open={called.length === 0}>
            <summary>{others.length} operations that were not called</summary>
            <Matrix caption="Not called" rows={others} codes={codes} isMarked={false} />
          </details>
        )}
      </div>
    </div>
  )
}

interface MatrixProps {
  caption: string
  rows: Row[]
  codes: string[]
  /** Whether what was never met stands out. */
  isMarked: boolean
}

function Matrix({ caption, rows, codes, isMarked }: MatrixProps) {
  return (
    <table class="matrix">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Operation</th>
          {codes.map((code) => (
            <th key={code} scope="col">
              {code}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ operation, method, path, statuses }) => (
          <tr key={operation}>
            <th scope="row" title={`${method} ${path}`}>
              {operation}
            </th>
            {codes.map((code) => (
              <td key={code}>
                <Cell count={statuses[code]} code={Number(code)} isMarked={isMarked} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ count, code, isMarked }: { count: number | undefined; code: number; isMarked: boolean }) {
  if (count === undefined) return null
  if (count > 0) return <span class={`met ${toneOf(code)}`}>{count}</span>
  return (
    <span class={isMarked ? 'unmet marked' : 'unmet'}>
      <span class="visually-hidden">never met</span>
    </span>
  )
}

function isCalled({ statuses }: Row): boolean {
  return Object.values(statuses).some((count) => count > 0)
}

function countsOf(statuses: Record<string, number>): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${status} (${count})`)
    .join(', ')
}
