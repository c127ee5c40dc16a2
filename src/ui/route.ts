import { useEffect, useState } from 'preact/hooks'

export const views = ['calls', 'access', 'state', 'faults', 'coverage', 'saved', 'settings'] as const
export type View = (typeof views)[number]

/** Where the page is: `#org-payroll/calls/req-1a`. The name of an organization is no secret; other tokens stay out. */
export interface Route {
  organization: string
  view: View
  /** What is open in the view. */
  path: string[]
}

export function readRoute(hash: string): Route {
  const [organization = '', view = '', ...path] = hash.replace(/^#/, '').split('/').map(decode)
  return {
    organization: /^org-[a-z0-9_-]{1,64}$/.test(organization) ? organization : 'default',
    view: views.find((name) => name === view) ?? 'calls',
    path: path.filter((part) => part !== ''),
  }
}

export function writeRoute({ organization, view, path }: Route): string {
  return `#${[organization, view, ...path].map(encodeURIComponent).join('/')}`
}

export function go(route: Route) {
  location.hash = writeRoute(route)
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash))
  useEffect(() => {
    const follow = () => setRoute(readRoute(location.hash))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return route
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
