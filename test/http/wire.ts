import { request, type IncomingHttpHeaders } from 'node:http'
import type { OpenSandboxOptions } from '../../src/sandbox.js'
import { sandbox, tokens } from '../helper.js'

/** A sandbox that listens on a port of its own. */
export async function listening(options: OpenSandboxOptions = {}) {
  const opened = await sandbox(options)
  const port = await opened.listen({ host: '127.0.0.1', port: 0 })
  return { ...opened, port }
}

export interface Call {
  token?: string | null
  headers?: Record<string, string>
  /** Sent as it stands. */
  body?: string
  /** Gives up. */
  signal?: AbortSignal
}

export interface Outcome {
  /** `whole`, or where the connection was cut: before any answer, or in the middle of it. */
  end: 'whole' | 'cut before' | 'cut within'
  status: number | undefined
  headers: IncomingHttpHeaders
  text: string
}

/** One call over a connection of its own, whatever becomes of it. */
export function send(port: number, method: string, path: string, given: Call = {}): Promise<Outcome> {
  const { token = tokens.fullAccess, headers = {}, body, signal } = given
  return new Promise((resolve) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
      ...(signal && { signal }),
    })
    outgoing.on('error', () => resolve({ end: 'cut before', status: undefined, headers: {}, text: '' }))
    outgoing.on('response', (incoming) => {
      let text = ''
      const finish = (end: Outcome['end']) =>
        resolve({ end, status: incoming.statusCode, headers: incoming.headers, text })
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk: string) => (text += chunk))
      incoming.on('end', () => finish('whole'))
      incoming.on('error', () => finish('cut within'))
    })
    outgoing.end(body)
  })
}

/** What is compared of an answer that came whole. */
export function read({ end, status, text }: Outcome) {
  if (end !== 'whole') return { end }
  return { status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}
