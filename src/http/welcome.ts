import type { FastifyInstance } from 'fastify'
import type { Deps } from './deps.js'
import type { HostGuard } from './host.js'

/** The example of Opal's documentation, which the built-in seed supports. */
const example = {
  path: '/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3/users/29827fb8-f2dd-4e80-9576-28e31e9934ac',
  body: '{"duration_minutes": 60}',
}

/** A call to paste into a shell. */
export function curlExample(baseUrl: string, secret: string): string {
  return [
    `curl -X PUT ${baseUrl}${example.path} \\`,
    `  -H "Authorization: Bearer ${secret}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${example.body}'`,
  ].join('\n')
}

/** `GET /`: what this is and how to call it, as a page for browsers and as JSON for programs. */
export function welcome({ version, builtInTokens }: Deps, checkHost: HostGuard) {
  return async (app: FastifyInstance) => {
    app.get('/', async (request, reply) => {
      checkHost(request)
      const base_url = `${request.protocol}://${request.host || '127.0.0.1'}/v1`
      const tokens = builtInTokens()
      const curl = curlExample(base_url, tokens[0]?.secret ?? '<token>')
      if (!request.headers.accept?.includes('text/html')) {
        return { name: 'opal-sandbox', version, base_url, openapi: '/_sandbox/openapi.yaml', tokens, curl }
      }
      const rows = tokens.map(
        ({ secret, token_label }) => `<tr><td><code>${secret}</code></td><td>${token_label}</td></tr>`,
      )
      return reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>opal-sandbox</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 3rem auto; padding: 0 1rem }
  pre { background: #f4f4f4; padding: 1rem; overflow-x: auto }
  td { padding: 0 1rem 0 0 }
</style>
<h1>opal-sandbox ${escapeHtml(version)}</h1>
<p>A local stand-in for Opal's group access API. Point a client at <code>${escapeHtml(base_url)}</code>.</p>
<h2>Tokens</h2>
${rows.length > 0 ? `<table>${rows.join('')}</table>` : '<p>Those of the seed that it was started with.</p>'}
<h2>Try it</h2>
<pre>${escapeHtml(curl)}</pre>
<p>Every call: <a href="/_sandbox/openapi.yaml">openapi.yaml</a> or <a href="/_sandbox/openapi.json">openapi.json</a>.</p>
</html>
`)
    })
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
