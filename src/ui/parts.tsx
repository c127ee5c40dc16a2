import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { JournalEntry } from '../library/types.js'

export function StatusBadge({ status, pending }: Pick<JournalEntry, 'status' | 'pending'>) {
  if (pending) return <span class="badge wait">held</span>
  if (status === undefined) return <span class="badge bad">no answer</span>
  return <span class={`badge ${toneOf(status)}`}>{status}</span>
}

export function toneOf(status: number): string {
  if (status < 300) return 'ok'
  if (status < 500) return 'warn'
  return 'bad'
}

/** A propagation status in words and color. */
export function Propagation({ status }: { status: string | undefined }) {
  if (status === undefined) return <span class="muted">synced</span>
  return <span class={`badge ${propagationTone(status)}`}>{status}</span>
}

export function propagationTone(status: string): string {
  if (status === 'SUCCESS') return 'ok'
  return status.startsWith('PENDING') ? 'wait' : 'bad'
}

const basisHelp: Record<JournalEntry['basis'], string> = {
  documented: "Opal's documentation says so",
  inferred: "Opal's own clients rely on it",
  assumed: 'Opal does not say; the sandbox had to choose',
  measured: 'seen in the real API',
}

export function Basis({ basis }: { basis: JournalEntry['basis'] }) {
  return (
    <span class={`basis ${basis}`} title={basisHelp[basis]}>
      {basis}
    </span>
  )
}

export function Copy({ text, children }: { text: string; children: ComponentChildren }) {
  const [outcome, setOutcome] = useState<string>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), 1_500)
    return () => clearTimeout(timer)
  }, [outcome])
  function copy() {
    // Browsers have a clipboard only for pages of this machine or of https.
    copyText(text).then(
      () => setOutcome('Copied'),
      () => setOutcome('Not allowed'),
    )
  }
  return (
    <button type="button" onClick={copy}>
      {outcome ?? children}
    </button>
  )
}

async function copyText(text: string) {
  await navigator.clipboard.writeText(text)
}

/** An id in code, which a click copies. */
export function Code({ text }: { text: string }) {
  return (
    <span class="code-line">
      <code>{text}</code>
      <Copy text={text}>Copy</Copy>
    </span>
  )
}

interface ConfirmProps {
  children: ComponentChildren
  /** What the second click says. */
  question: string
  onConfirm: () => unknown
  disabled?: boolean
}

/** A button that asks again before it destroys something. */
export function Confirm({ children, question, onConfirm, disabled }: ConfirmProps) {
  const [isAsking, setIsAsking] = useState(false)
  function click() {
    setIsAsking(!isAsking)
    if (isAsking) onConfirm()
  }
  return (
    <button
      type="button"
      class={isAsking ? 'danger asking' : 'danger'}
      disabled={disabled}
      onClick={click}
      onBlur={() => setIsAsking(false)}
    >
      {isAsking ? question : children}
    </button>
  )
}

/** Work that a person started: whether it runs, and why it failed. */
export function useWork() {
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  function start(work: () => Promise<unknown>) {
    setIsBusy(true)
    setProblem(undefined)
    work()
      .catch((error: unknown) => setProblem((error as Error).message))
      .finally(() => setIsBusy(false))
  }
  return { isBusy, problem, setProblem, start }
}

export function Problem({ text }: { text: string | undefined }) {
  return (
    <div role="alert" class={text === undefined ? 'empty-alert' : 'problem'}>
      {text}
    </div>
  )
}

interface SearchProps {
  label: string
  value: string
  onInput: (text: string) => void
}

export function Search({ label, value, onInput }: SearchProps) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      autocomplete="off"
      spellcheck={false}
      value={value}
      onInput={({ currentTarget }) => onInput(currentTarget.value)}
    />
  )
}

export function Json({ value }: { value: unknown }) {
  return (
    // A long body scrolls, so it must be reachable by keyboard.
    <pre tabIndex={0}>{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>
  )
}

/** Reads something again whenever `keys` change, and keeps the last value meanwhile. */
export function useLoaded<T>(load: () => Promise<T>, keys: unknown[]): { value: T | undefined; problem?: string } {
  const [loaded, setLoaded] = useState<{ value: T | undefined; problem?: string }>({ value: undefined })
  const latest = useRef(0)
  useEffect(() => {
    const turn = ++latest.current
    load().then(
      (value) => {
        if (turn === latest.current) setLoaded({ value })
      },
      (error: unknown) => {
        if (turn === latest.current) setLoaded(({ value }) => ({ value, problem: (error as Error).message }))
      },
    )
  }, keys)
  return loaded
}
