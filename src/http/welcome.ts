import type { FastifyInstance } from 'fastify'
import type { Moment } from '../domain/clock.js'
import { liveAccess } from '../domain/access.js'
import { isValidToken } from '../organization/tokens.js'
import { hashSecret } from '../seed/secrets.js'
import type { Deps } from './deps.js'
import type { HostGuard } from './host.js'
import { createPage } from './page.js'

/** The group and user of the example in Opal's documentation, which the built-in seed has. */
const documented = {
  group_id: '1b978423-db0a-4037-a4cf-f79c60cb67b3',
  user_id: '29827fb8-f2dd-4e80-9576-28e31e9934ac',
}

/** A call for `curlExample`. */
export interface ExampleCall {
  secret: string
  method: 'GET' | 'POST' | 'PUT'
  path: string
}

/** Chooses a call that succeeds in the state at hand. */
export function chooseExample(deps: Pick<Deps, 'store' | 'organizations' | 'builtInTokens'>): ExampleCall {
  const { store, organizations, builtInTokens } = deps
  const now = organizations.default.moment()
  const valid = builtInTokens().flatMap(({ secret }) => {
    const token = store.tokens.findByHash(hashSecret(secret))
    return token && isValidToken(token, now.at) ? [{ secret, access_level: token.access_level }] : []
  })
  const writer = valid.find(({ access_level }) => access_level === 'FULL_ACCESS')
  const write = writer && chooseWrite(deps, now)
  if (write) return { secret: writer.secret, ...write }
  // The secrets of any other token are stored only as hashes.
  const secret = (writer ?? valid[0])?.secret ?? organizations.namedToken('demo') ?? '<token>'
  return { secret, method: 'GET', path: '/users' }
}

/** A PUT changes access, a POST grants it if there is none. */
function chooseWrite({ store, organizations }: Pick<Deps, 'store' | 'organizations'>, now: Moment) {
  const { organization_id } = organizations.default
  const first = { organization_id, after: 0, limit: 1, tag_ids: null }
  const group = store.groups.list({ ...first, type: null, name: null, ids: null, requestable: null })[0]
  const user = store.users.list(first)[0]
  for (const { group_id, user_id } of [documented, { group_id: group?.group_id, user_id: user?.user_id }]) {
    if (group_id === undefined || user_id === undefined) continue
    const found = store.groupUsers.find({ organization_id, group_id, user_id })
    if (!found) continue
    const method = liveAccess(found.access, now) ? ('PUT' as const) : ('POST' as const)
    return { method, path: `/groups/${group_id}/users/${user_id}` }
  }
  return undefined
}

/** A call to paste into a shell. */
export function curlExample(baseUrl: string, { secret, method, path }: ExampleCall): string {
  const authorization = `-H "Authorization: Bearer ${secret}"`
  if (method === 'GET') return [`curl ${baseUrl}${path} \\`, `  ${authorization}`].join('\n')
  return [
    `curl -X ${method} ${baseUrl}${path} \\`,
    `  ${authorization} \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"duration_minutes": 60}'`,
  ].join('\n')
}

/** `GET /`: what this is and how to call it. Browsers get the page, which reads the same as JSON. */
export function welcome(deps: Deps, checkHost: HostGuard) {
  const { version, builtInTokens, uiFolder } = deps
  const page = uiFolder === undefined ? undefined : createPage(uiFolder, checkHost)
  return async (app: FastifyInstance) => {
    app.get('/', async (request, reply) => {
      checkHost(request)
      reply.header('vary', 'accept')
      if (page && request.headers.accept?.includes('text/html')) return page.send(request, reply, 'index.html')
      const base_url = `${request.protocol}://${request.host || '127.0.0.1'}/v1`
      const curl = curlExample(base_url, chooseExample(deps))
      return {
        name: 'opal-sandbox',
        version,
        base_url,
        openapi: '/_sandbox/openapi.yaml',
        tokens: builtInTokens(),
        curl,
      }
    })

    page?.registerFiles(app)
  }
}
