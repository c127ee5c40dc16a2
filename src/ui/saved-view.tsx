import { useEffect, useState } from 'preact/hooks'
import type { Change, Snapshot } from '../library/types.js'
import { Changes } from './call-detail.js'
import { Confirm, Copy, Problem, useLoaded, useWork } from './parts.js'
import { usePage } from './page.js'
import { formatDate } from './time.js'

/** States to return to. */
export function SavedView({ title }: { title: string }) {
  return (
    <div class="pane">
      <div class="head">
        <p class="title" aria-hidden="true">
          {title}
        </p>
      </div>
      <div class="body scroll">
        <Snapshots />
        <SeedEditor />
      </div>
    </div>
  )
}

function Snapshots() {
  const { live, state } = usePage()
  const { client } = live.session
  const { value: snapshots = [], problem: unread } = useLoaded(() => client.listSnapshots(), [live, state.revision])
  const [name, setName] = useState('')
  const [compared, setCompared] = useState<{ name: string; changes: Change[] }>()
  const { start, problem, isBusy } = useWork()
  const change = (work: () => Promise<unknown>) => start(() => live.change(work))

  return (
    <section>
      <h2>Snapshots</h2>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault()
          change(() => client.saveSnapshot(name))
          setName('')
        }}
      >
        <input
          aria-label="Name of the snapshot"
          placeholder="Name"
          required
          pattern="[A-Za-z0-9._\-]{1,64}"
          title="1 to 64 characters A-Z a-z 0-9 . _ -"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={isBusy}>
          Save
        </button>
        <span class="end">
          <Confirm question="Reset to the seed?" onConfirm={() => change(() => client.reset())}>
            Reset the organization
          </Confirm>
        </span>
      </form>
      <Problem text={problem ?? unread} />
      {snapshots.length === 0 && (
        <p class="muted">None yet. A snapshot keeps users, groups, access, tokens, settings, rules and the clock.</p>
      )}
      <ul class="plain">
        {snapshots.map((snapshot) => (
          <SnapshotLine
            key={snapshot.name}
            snapshot={snapshot}
            onCompare={() =>
              start(async () =>
                setCompared({ name: snapshot.name, changes: await client.compareSnapshot(snapshot.name) }),
              )
            }
            onRestore={() => change(() => client.restoreSnapshot(snapshot.name))}
            onDelete={() => change(() => client.deleteSnapshot(snapshot.name))}
          />
        ))}
      </ul>
      {compared && (
        <div class="card" role="status">
          <div class="line">
            <b>Since {compared.name}</b>
            <button type="button" class="small end" onClick={() => setCompared(undefined)}>
              Close
            </button>
          </div>
          {compared.changes.length === 0 ? (
            <p class="muted">Nothing changed.</p>
          ) : (
            <Changes changes={compared.changes} />
          )}
        </div>
      )}
    </section>
  )
}

interface SnapshotLineProps {
  snapshot: Snapshot
  onCompare: () => void
  onRestore: () => void
  onDelete: () => void
}

function SnapshotLine({ snapshot: { name, created_at }, onCompare, onRestore, onDelete }: SnapshotLineProps) {
  return (
    <li class="line">
      <b>{name}</b> <span class="muted">{formatDate(created_at)}</span>
      <span class="line end">
        <button type="button" class="small" onClick={onCompare}>
          Compare
        </button>
        <Confirm question="Replace the state?" onConfirm={onRestore}>
          Restore
        </Confirm>
        <Confirm question="Delete it?" onConfirm={onDelete}>
          Delete
        </Confirm>
      </span>
    </li>
  )
}

/** The state as a document, to read, keep and change. */
function SeedEditor() {
  const { live, state } = usePage()
  const { client } = live.session
  const { value: seed, problem: unread } = useLoaded(() => client.exportSeedAsYaml(), [live, state.revision])
  const [text, setText] = useState<string>()
  const { start, problem, isBusy, setProblem } = useWork()
  const shown = text ?? seed ?? ''
  const file = useDownload(shown)

  return (
    <section>
      <h2>Seed</h2>
      <p class="muted">The whole state as a document, with absolute times and without secrets.</p>
      <div class="toolbar">
        <a class="button" href={file} download={`${live.session.organization}.seed.yaml`}>
          Download
        </a>
        <Copy text={shown}>Copy</Copy>
        <label class="button">
          Open a file
          <input
            type="file"
            class="visually-hidden"
            accept=".yaml,.yml,.json"
            onChange={({ currentTarget }) => {
              const chosen = currentTarget.files?.[0]
              if (chosen) start(async () => setText(await chosen.text()))
              currentTarget.value = ''
            }}
          />
        </label>
        <span class="line end">
          {text !== undefined && (
            <button
              type="button"
              onClick={() => {
                setText(undefined)
                setProblem(undefined)
              }}
            >
              Discard
            </button>
          )}
          <Confirm
            question="Replace everything?"
            disabled={isBusy || text === undefined}
            onConfirm={() =>
              start(async () => {
                await live.change(() => client.replaceSeedAsYaml(shown))
                setText(undefined)
              })
            }
          >
            Apply
          </Confirm>
        </span>
      </div>
      <Problem text={problem ?? unread} />
      <textarea
        class="document"
        aria-label="Seed"
        rows={24}
        spellcheck={false}
        wrap="off"
        value={shown}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
    </section>
  )
}

function useDownload(text: string): string {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [text])
  return url
}
