import { useState } from 'preact/hooks'
import type { Fault, FaultRule } from '../library/types.js'
import { useApiDocument, type ApiDocument } from './api-document.js'
import { Confirm, Problem, useLoaded, useWork } from './parts.js'
import { usePage } from './page.js'

/** The outcomes that integrations most often get wrong. */
const recipes: [name: string, rule: FaultRule][] = [
  ['429 once', { times: 1, effect: { status: 429, headers: { 'retry-after': '1' } } }],
  ['503 twice', { times: 2, effect: { status: 503 } }],
  ['Reply lost', { times: 1, phase: 'after', effect: { drop: true } }],
  ['Slow, 3 s', { times: 'forever', effect: { delay: '3s' } }],
]

export function FaultsView({ title }: { title: string }) {
  const { live, state, route, draft, open, draftRule } = usePage()
  const { client } = live.session
  const { value: document } = useApiDocument()
  const { value: faults = [], problem: unread } = useLoaded(() => client.listFaults(), [live, state.revision])
  const { start, problem } = useWork()
  const { value: magic = [] } = useLoaded(() => client.listMagic(), [live])
  const magicIds = new Set(magic.map(({ user_id }) => user_id))
  const own = faults.filter(({ user_id = '' }) => !magicIds.has(user_id))
  const others = faults.filter(({ user_id = '' }) => magicIds.has(user_id))
  const isAdding = route.path[0] === 'new'
  const change = (work: () => Promise<unknown>) => start(() => live.change(work))

  const show = (fault: Fault) => (
    <Rule key={fault.fault_id} fault={fault} onRemove={() => change(() => client.deleteFault(fault.fault_id))} />
  )

  return (
    <div class="pane">
      <div class="head">
        <p class="title" aria-hidden="true">
          {title}
        </p>
        <span class="muted">{own.length}</span>
        <button
          type="button"
          class="primary end"
          onClick={() => draftRule({ operation: 'update_group_user', times: 1, effect: { status: 503 } })}
        >
          New rule
        </button>
      </div>
      <div class="toolbar" role="group" aria-label="Recipes">
        <span class="muted">For every operation:</span>
        {recipes.map(([name, rule]) => (
          <button key={name} type="button" onClick={() => change(() => client.addFault(rule))}>
            {name}
          </button>
        ))}
        {faults.length > 0 && (
          <Confirm question="Delete all rules?" onConfirm={() => change(() => client.deleteFaults())}>
            Delete all
          </Confirm>
        )}
      </div>
      <Problem text={problem ?? unread} />
      <div class="body scroll">
        {isAdding && (
          <RuleForm
            key={JSON.stringify(draft)}
            document={document}
            start={draft ?? { times: 1, effect: { status: 503 } }}
            onDone={() => open('faults')}
          />
        )}
        {own.length === 0 && !isAdding && (
          <p class="empty">
            No rules: every call gets the answer of the simulated API. A rule makes calls fail, slows them down, loses
            their replies, or answers operations that are not simulated.
          </p>
        )}
        <ul class="rules">{own.map(show)}</ul>
        {others.length > 0 && (
          <details>
            <summary>{others.length} rules of the magic users</summary>
            <ul class="rules">{others.map(show)}</ul>
          </details>
        )}
      </div>
    </div>
  )
}

function Rule({ fault, onRemove }: { fault: Fault; onRemove: () => void }) {
  const { directory } = usePage().state
  const { fault_id, hits, operation, method, group_id, user_id, times, skip, phase, effect, warnings = [] } = fault
  const left = times === 'forever' ? undefined : (times ?? 1) - hits
  return (
    <li class={left === 0 ? 'rule used' : 'rule'}>
      <span class="effect">{describeEffect(effect)}</span>
      <span class="scope">
        <b>{operation ?? 'every operation'}</b>
        {method !== undefined && <> {method}</>}
        {group_id !== undefined && (
          <>
            {' '}
            in <bdi>{directory.nameOf(group_id) ?? group_id}</bdi>
          </>
        )}
        {user_id !== undefined && (
          <>
            {' '}
            for <bdi>{directory.nameOf(user_id) ?? user_id}</bdi>
          </>
        )}
        <small class="muted">
          {describeTimes(times)}
          {skip ? `, after ${skip}` : ''}
          {phase === 'after' ? ', after the work' : ''} · {fault_id}
        </small>
        {warnings.map((warning) => (
          <small key={warning} class="warning">
            {warning}
          </small>
        ))}
      </span>
      <span class="hits">
        <b>{hits}</b> <small class="muted">{left === 0 ? 'hits, used up' : 'hits'}</small>
      </span>
      <button type="button" class="small" aria-label={`Remove ${fault_id}`} onClick={onRemove}>
        Remove
      </button>
    </li>
  )
}

function describeTimes(times: Fault['times']): string {
  if (times === 'forever') return 'every time'
  return (times ?? 1) === 1 ? 'once' : `${times ?? 1} times`
}

function describeEffect(effect: FaultRule['effect']): string {
  const { status, delay, drop, truncate, hang } = effect
  if (status !== undefined) return String(status)
  if (delay !== undefined) return `delay ${delay}`
  if (drop) return 'drop'
  if (truncate) return 'truncate'
  return hang ? 'hang' : 'none'
}

const effects = ['status', 'delay', 'drop', 'truncate', 'hang'] as const
type Effect = (typeof effects)[number]

const effectNames: Record<Effect, string> = {
  status: 'Answer with a status',
  delay: 'Delay the answer',
  drop: 'Drop the connection',
  truncate: 'Cut the answer in the middle',
  hang: 'Do not answer',
}

interface RuleFormProps {
  document: ApiDocument | undefined
  start: FaultRule
  onDone: () => void
}

function RuleForm({ document, start: rule, onDone }: RuleFormProps) {
  const { live, state } = usePage()
  const { start, problem, isBusy } = useWork()
  const { groups = {}, users = {} } = state.seed ?? {}
  const [operation, setOperation] = useState<string>(rule.operation ?? '')
  const [group, setGroup] = useState(rule.group_id ?? '')
  const [user, setUser] = useState(rule.user_id ?? '')
  const [times, setTimes] = useState(String(rule.times ?? 1))
  const [skip, setSkip] = useState(String(rule.skip ?? 0))
  const [phase, setPhase] = useState<'before' | 'after'>(rule.phase ?? 'before')
  const [effect, setEffect] = useState<Effect>(effects.find((name) => rule.effect[name] !== undefined) ?? 'status')
  const [status, setStatus] = useState(String(rule.effect.status ?? 503))
  const [body, setBody] = useState(rule.effect.body === undefined ? '' : JSON.stringify(rule.effect.body, null, 2))
  const [delay, setDelay] = useState(rule.effect.delay ?? '3s')

  async function add() {
    const added: FaultRule = {
      // What the form offers comes from the API's own document; the sandbox checks the rule again.
      ...(operation !== '' && { operation: operation as NonNullable<FaultRule['operation']> }),
      ...(group !== '' && { group_id: group }),
      ...(user !== '' && { user_id: user }),
      times: times === 'forever' ? times : Number(times),
      skip: Number(skip),
      phase,
      effect: writeEffect(),
    }
    await live.change(() => live.session.client.addFault(added))
    onDone()
  }

  function writeEffect(): FaultRule['effect'] {
    if (effect === 'delay') return { delay }
    if (effect !== 'status') return { [effect]: true }
    const headers = rule.effect.headers
    return {
      status: Number(status),
      ...(body.trim() !== '' && { body: JSON.parse(body) as unknown }),
      ...(headers && { headers }),
    }
  }

  return (
    <form
      class="card form"
      aria-label="New rule"
      onSubmit={(event) => {
        event.preventDefault()
        start(add)
      }}
    >
      <label>
        Operation
        <select value={operation} onChange={({ currentTarget }) => setOperation(currentTarget.value)}>
          <option value="">every operation</option>
          {operation !== '' && !document && <option>{operation}</option>}
          <optgroup label="Simulated">
            {document?.operations
              .filter((one) => one.isSimulated)
              .map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
          </optgroup>
          <optgroup label="Not simulated">
            {document?.operations
              .filter((one) => !one.isSimulated)
              .map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
          </optgroup>
        </select>
      </label>
      <label>
        Effect
        <select
          value={effect}
          onChange={({ currentTarget }) => setEffect(effects.find((name) => name === currentTarget.value) ?? 'status')}
        >
          {effects.map((name) => (
            <option key={name} value={name}>
              {effectNames[name]}
            </option>
          ))}
        </select>
      </label>
      {effect === 'status' && (
        <label>
          Status
          <input
            type="number"
            min={200}
            max={599}
            required
            value={status}
            onInput={({ currentTarget }) => setStatus(currentTarget.value)}
          />
        </label>
      )}
      {effect === 'delay' && (
        <label>
          For
          <input value={delay} required onInput={({ currentTarget }) => setDelay(currentTarget.value)} />
        </label>
      )}
      <label>
        Times
        <input
          value={times}
          required
          pattern="[1-9]\d*|forever"
          title="A number, or forever"
          onInput={({ currentTarget }) => setTimes(currentTarget.value)}
        />
      </label>
      <label>
        Calls to let through first
        <input type="number" min={0} value={skip} onInput={({ currentTarget }) => setSkip(currentTarget.value)} />
      </label>
      <label>
        When
        <select
          value={phase}
          onChange={({ currentTarget }) => setPhase(currentTarget.value === 'after' ? 'after' : 'before')}
        >
          <option value="before">instead of the work</option>
          <option value="after">after the work</option>
        </select>
      </label>
      <label>
        Group
        <select value={group} onChange={({ currentTarget }) => setGroup(currentTarget.value)}>
          <option value="">any</option>
          {Object.entries(groups).map(([alias, { group_id, name }]) => (
            <option key={alias} value={group_id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Person
        <select value={user} onChange={({ currentTarget }) => setUser(currentTarget.value)}>
          <option value="">any</option>
          {Object.entries(users).map(([alias, { user_id, full_name }]) => (
            <option key={alias} value={user_id}>
              {full_name}
            </option>
          ))}
        </select>
      </label>
      {effect === 'status' && (
        <label class="wide">
          Body, as JSON; empty for the sandbox's own
          <textarea
            rows={body.length > 200 ? 12 : 4}
            spellcheck={false}
            value={body}
            onInput={({ currentTarget }) => setBody(currentTarget.value)}
          />
        </label>
      )}
      <div class="line wide">
        <button type="submit" class="primary" disabled={isBusy}>
          Add rule
        </button>
        <button type="button" onClick={onDone}>
          Cancel
        </button>
      </div>
      <Problem text={problem} />
    </form>
  )
}
