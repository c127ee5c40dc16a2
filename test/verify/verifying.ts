import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import type { OrganizationSettings } from '../../src/domain/settings.js'
import { builtIn } from '../../src/seed/built-in.js'
import type { Pace } from '../../src/verify/call.js'
import { verify } from '../../src/verify/run.js'
import { createShapeJudge } from '../../src/verify/shapes.js'
import { temporaryFolder, tokens } from '../helper.js'
import { listening } from '../http/wire.js'

export const openapi = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as object

/** As fast as the target answers. */
export const pace: Pace = { now: Date.now, wait: () => Promise.resolve(), perSecond: Infinity, timeoutMs: 10_000 }

export const scratchUser = 'noor@company.dev'
export const appId = '0e000000-0000-4000-8000-000000000004'

/** A sandbox whose clock runs, as that of the real API does. */
export async function runningSandbox(settings: object = {}) {
  const opened = await listening({ now: undefined, seed: { ...builtIn, settings } })
  return { ...opened, target: `http://127.0.0.1:${opened.port}` }
}

interface Given {
  level?: 'read' | 'scratch'
  settings?: OrganizationSettings
  token?: string
  pace?: Partial<Pace>
  ledgerFile?: string
}

export async function verifyTarget(target: string, given: Given = {}) {
  const { level = 'scratch', settings, token = tokens.fullAccess } = given
  const ledgerFile = given.ledgerFile ?? join(temporaryFolder(), 'ledger.json')
  const outcome = await verify({
    target,
    token,
    userAgent: 'test',
    level,
    ...(level === 'scratch' && { scratch: { email: scratchUser, app_id: appId, ledgerFile } }),
    ...(settings && { settings }),
    judges: [createShapeJudge('openapi.yaml', openapi, settings)],
    pace: { ...pace, ...given.pace },
  })
  return { ...outcome, ledgerFile }
}

/** A server that answers every call by a function, until the test ends. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<string> {
  const failures: unknown[] = []
  const server = createServer((request, response) => {
    // A later server may get the same port, and must not be called over an old connection.
    response.setHeader('connection', 'close')
    Promise.resolve(answer(request, response)).catch((error: unknown) => failures.push(error))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
    expect(failures).toEqual([])
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
