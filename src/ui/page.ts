import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { FaultRule } from '../library/types.js'
import type { Live, State } from './live.js'
import type { Route } from './route.js'
import { chooseToken, storedToken, type ReceivedAnswer, type SentCall } from './session.js'

/** What every view works with. */
export interface Page {
  live: Live
  state: State
  route: Route
  /** Opens a place of the same organization. */
  open: (view: Route['view'], ...path: string[]) => void
  /** Sends a call of the API, asking for a token if none is known. Undefined if the person gave none. */
  call: (call: SentCall) => Promise<ReceivedAnswer | undefined>
  /** Opens the form for a rule, filled in. */
  draftRule: (rule: FaultRule) => void
  /** The rule that the form starts with. */
  draft: FaultRule | undefined
}

export const PageContext = createContext<Page | undefined>(undefined)

export function usePage(): Page {
  const page = useContext(PageContext)
  if (!page) throw new Error('There is no page around this view.')
  return page
}

/** The token for calls of the API; undefined if only a person can know one. */
export function apiToken({ live, state }: Pick<Page, 'live' | 'state'>): string | undefined {
  const { welcome, seed } = state
  return welcome && seed && chooseToken(live.session.organization, welcome, seed)
}

/** A call to paste into a shell. A token that a person typed stays out of it. */
export function writeCurl(page: Pick<Page, 'live' | 'state'>, { method, url, body }: SentCall): string {
  const token = storedToken() === undefined ? (apiToken(page) ?? '<token>') : '<token>'
  const parts = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quote(location.origin + url)}`,
    `-H ${quote(`Authorization: Bearer ${token}`)}`,
    ...(body === undefined
      ? []
      : [`-H ${quote('Content-Type: application/json')}`, `-d ${quote(JSON.stringify(body))}`]),
  ]
  return parts.join(' \\\n  ')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
