import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../domain/refusal.js'
import type { HostGuard } from './host.js'

/** Nothing but the page's own files, and no frame around it: its buttons change state. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const contentTypes = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'docs.html': 'text/html; charset=utf-8',
  'docs.js': 'text/javascript; charset=utf-8',
  'docs.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
}

type FileName = keyof typeof contentTypes

/** The page and its files, each read when it is first asked for. */
export function createPage(folder: string, checkHost: HostGuard) {
  const files = new Map<FileName, Promise<{ bytes: Buffer; etag: string }>>()

  async function send(request: FastifyRequest, reply: FastifyReply, name: FileName) {
    const { bytes, etag } = await find(name)
    reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      etag,
    })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type(contentTypes[name]).send(bytes)
  }

  function find(name: FileName) {
    const found = files.get(name) ?? read(join(folder, name))
    files.set(name, found)
    return found
  }

  return {
    send,

    /** Registers what pages load, and the reference. */
    registerFiles(app: FastifyInstance) {
      app.get<{ Params: { name: string } }>('/_sandbox/ui/:name', async (request, reply) => {
        checkHost(request)
        const { name } = request.params
        if (!isFileName(name)) throw fileNotFound(name)
        return send(request, reply, name)
      })
      app.get('/_sandbox/docs', async (request, reply) => {
        checkHost(request)
        return send(request, reply, 'docs.html')
      })
    },
  }
}

async function read(path: string) {
  const bytes = await readFile(path)
  const hash = createHash('sha256').update(bytes).digest('base64url')
  return { bytes, etag: `"${hash.slice(0, 22)}"` }
}

function isFileName(name: string): name is FileName {
  return Object.hasOwn(contentTypes, name)
}

function fileNotFound(name: string): Refusal {
  return new Refusal('ROUTE_NOT_FOUND', `The page has no file ${JSON.stringify(name.slice(0, 100))}.`, {
    hint: 'Open / in a browser.',
  })
}
