import type { TurnClock } from '../library/types.js'
import { useNow } from './live.js'
import { Problem, useWork } from './parts.js'
import { usePage } from './page.js'
import { formatDate } from './time.js'

const modes = { real: 'real time', offset: 'running, moved', frozen: 'frozen' }

/** Moves the clock of the organization. */
export function useClock() {
  const { live } = usePage()
  const work = useWork()
  const turn = (change: TurnClock) => work.start(() => live.change(() => live.session.client.turnClock(change)))
  return { ...work, turn }
}

/** The time of the organization, beside every view. */
export function ClockBox() {
  const { state } = usePage()
  const { clock } = state
  const now = useNow(clock)
  const { turn, problem, isBusy } = useClock()
  if (!clock) return <div class="clock" />
  return (
    <section class="clock" aria-label="Clock">
      <time dateTime={new Date(now).toISOString()}>{formatDate(now)}</time>
      <span class="muted">UTC, {modes[clock.mode]}</span>
      <div class="line">
        {(['1m', '1h', '1d'] as const).map((advance) => (
          <button key={advance} type="button" class="small" disabled={isBusy} onClick={() => turn({ advance })}>
            +{advance}
          </button>
        ))}
      </div>
      <Problem text={problem} />
    </section>
  )
}

/** Everything that can be done to the clock. */
export function ClockControls({ next }: { next: number | undefined }) {
  const { state } = usePage()
  const { turn, problem, isBusy } = useClock()
  const isFrozen = state.clock?.mode === 'frozen'
  return (
    <>
      <div class="toolbar" role="group" aria-label="Clock">
        {(['1m', '1h', '1d'] as const).map((advance) => (
          <button key={advance} type="button" disabled={isBusy} onClick={() => turn({ advance })}>
            +{advance.replace(/\D/, ' $&')}
          </button>
        ))}
        <button
          type="button"
          disabled={isBusy || next === undefined}
          onClick={() => next !== undefined && turn({ set: new Date(next).toISOString() })}
        >
          Next expiry
        </button>
        <button type="button" disabled={isBusy} onClick={() => turn({ freeze: !isFrozen })}>
          {isFrozen ? 'Resume' : 'Freeze'}
        </button>
        <button type="button" disabled={isBusy} onClick={() => turn({ reset: true })}>
          Reset clock
        </button>
      </div>
      <Problem text={problem} />
    </>
  )
}
