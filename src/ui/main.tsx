import { render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { FaultRule } from '../library/types.js'
import { AccessView } from './access-view.js'
import { CallsView } from './calls-view.js'
import { ClockBox } from './clock.js'
import { CoverageView } from './coverage-view.js'
import { FaultsView } from './faults-view.js'
import { Gem, Icon } from './icons.js'
import { openLive, useLive, type Live } from './live.js'
import { OrganizationSwitch } from './organizations.js'
import { apiToken, PageContext, type Page } from './page.js'
import { go, useRoute, views, writeRoute, type Route, type View } from './route.js'
import { SavedView } from './saved-view.js'
import { openSession, storeToken, type ReceivedAnswer } from './session.js'
import { SettingsView } from './settings-view.js'
import { StateView } from './state-view.js'
import { TokenDialog, TokenForm } from './token-form.js'
import './page.css'

const titles: Record<View, string> = {
  calls: 'Calls',
  access: 'Access over time',
  state: 'State',
  faults: 'Faults and stubs',
  coverage: 'Never met',
  saved: 'Snapshots and seed',
  settings: 'Settings',
}

function App() {
  const route = useRoute()
  const { organization } = route
  /** Grows when another token was typed. */
  const [tokens, setTokens] = useState(0)
  const live = useMemo(() => openLive(openSession(organization)), [organization, tokens])
  useEffect(() => live.close, [live])
  function useToken(token: string) {
    const [, name] = /^(org-[a-z0-9_-]+)(\..*)?$/.exec(token) ?? []
    if (name === undefined) {
      storeToken(token)
      setTokens(tokens + 1)
    }
    go({ organization: name ?? 'default', view: route.view, path: name === undefined ? route.path : [] })
  }
  return <Shell key={`${organization} ${tokens}`} live={live} route={route} onToken={useToken} />
}

interface ShellProps {
  live: Live
  route: Route
  onToken: (token: string) => void
}

function Shell({ live, route, onToken }: ShellProps) {
  const state = useLive(live)
  const [draft, setDraft] = useState<FaultRule>()
  const [isAsking, setIsAsking] = useState(false)

  const page: Page = {
    live,
    state,
    route,
    draft,
    open: (view, ...path) => go({ organization: route.organization, view, path }),
    async call(call) {
      const token = apiToken({ live, state })
      if (token === undefined) {
        setIsAsking(true)
        return undefined
      }
      let answer: ReceivedAnswer | undefined
      await live.change(async () => {
        answer = await live.session.callApi(token, call)
      })
      return answer
    },
    draftRule(rule) {
      setDraft(rule)
      go({ organization: route.organization, view: 'faults', path: ['new'] })
    },
  }

  useEffect(() => {
    document.title = `${titles[route.view]} · ${route.organization} · opal-sandbox`
    document.querySelector('nav [aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [route.view, route.organization])

  if (state.status === 'token_needed') return <TokenForm message={state.message} onToken={onToken} />
  return (
    <PageContext.Provider value={page}>
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <header class="side">
        <div class="brand">
          <Gem />
          <span>opal-sandbox</span>
          <Connection status={state.status} />
        </div>
        <OrganizationSwitch />
        <nav aria-label="Views">
          {views.map((view) => (
            <a
              key={view}
              href={writeRoute({ organization: route.organization, view, path: [] })}
              aria-current={view === route.view ? 'page' : undefined}
            >
              <Icon view={view} />
              {titles[view]}
            </a>
          ))}
          <a href={`/_sandbox/docs#${route.organization}`}>
            <Icon view="docs" />
            API reference
          </a>
        </nav>
        <ClockBox />
        <p class="version muted">{state.welcome && `Version ${state.welcome.version}`}</p>
      </header>
      <main id="main" tabIndex={-1}>
        {/* Of the views, only one pane may be visible. */}
        <h1 class="visually-hidden">{titles[route.view]}</h1>
        {state.status === 'offline' && (
          <p class="notice bad" role="status">
            {state.message} Trying again every second.
          </p>
        )}
        <CurrentView view={route.view} title={titles[route.view]} />
      </main>
      {isAsking && <TokenDialog onToken={onToken} onClose={() => setIsAsking(false)} />}
    </PageContext.Provider>
  )
}

function CurrentView({ view, title }: { view: View; title: string }) {
  switch (view) {
    case 'calls':
      return <CallsView title={title} />
    case 'access':
      return <AccessView title={title} />
    case 'state':
      return <StateView title={title} />
    case 'faults':
      return <FaultsView title={title} />
    case 'coverage':
      return <CoverageView title={title} />
    case 'saved':
      return <SavedView title={title} />
    case 'settings':
      return <SettingsView title={title} />
  }
}

function Connection({ status }: { status: string }) {
  const words = status === 'live' ? 'live' : status === 'loading' ? 'loading' : 'offline'
  return (
    <span class={`connection ${words}`} role="status">
      {words}
    </span>
  )
}

/** The address is a place of the page, not an element in it. */
function focusMain(event: MouseEvent) {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

const root = document.getElementById('app')
if (root) render(<App />, root)
