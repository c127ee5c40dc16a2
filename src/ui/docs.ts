import './docs.css'
import { readRoute } from './route.js'
import { readWelcome, storedToken } from './session.js'

/** What this page uses of Swagger UI, which is loaded before it. */
interface SwaggerUi {
  preauthorizeApiKey: (scheme: string, key: string) => void
}

declare const SwaggerUIBundle: (options: {
  url: string
  dom_id: string
  docExpansion: 'none'
  filter: boolean
  tryItOutEnabled: boolean
  /** It would be on another host. */
  validatorUrl: null
  onComplete: () => void
}) => SwaggerUi

/** The API, with calls to this server that carry a token of the organization. */
async function showReference() {
  const { organization } = readRoute(location.hash)
  const token = organization === 'default' ? (storedToken() ?? (await readWelcome()).tokens[0]?.secret) : organization
  const back = document.getElementById('back')
  if (back instanceof HTMLAnchorElement) back.href = `/#${organization}`
  const line = document.getElementById('token')
  if (line) {
    line.textContent =
      token === undefined
        ? 'The tokens have secrets of their own: enter one under Authorize.'
        : `Calls go to this server, for ${organization}.`
  }
  const ui = SwaggerUIBundle({
    url: '/_sandbox/openapi.json',
    dom_id: '#reference',
    docExpansion: 'none',
    filter: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete() {
      if (token !== undefined) ui.preauthorizeApiKey('BearerAuth', token)
    },
  })
}

function followScheme({ matches }: Pick<MediaQueryList, 'matches'>) {
  document.documentElement.classList.toggle('dark-mode', matches)
}

const dark = matchMedia('(prefers-color-scheme: dark)')
dark.addEventListener('change', followScheme)
followScheme(dark)
await showReference()
