import { Confirm, Problem, useWork } from './parts.js'
import { usePage } from './page.js'

interface UndoProps {
  /** The id of the call before which the organization was as it will be. */
  to: string
  question: string
}

/** Takes back what calls changed. */
export function Undo({ to, question }: UndoProps) {
  const { live } = usePage()
  const { start, problem, isBusy } = useWork()
  // The client gets it together with POST /_sandbox/undo.
  const { undo } = live.session.client as Partial<Record<'undo', (to: string) => Promise<unknown>>>
  if (!undo) return null
  return (
    <div class="undo">
      <Confirm question={question} disabled={isBusy} onConfirm={() => start(() => live.change(() => undo(to)))}>
        Undo
      </Confirm>
      <Problem text={problem} />
    </div>
  )
}
