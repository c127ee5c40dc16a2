import type { FastifyRequest } from 'fastify'
import { pino, type Logger } from 'pino'
import supertest from 'supertest'
import { expect, onTestFinished } from 'vitest'
import { openSandbox, type OpenSandboxOptions, type RunningSandbox } from '../src/sandbox.js'
import { checkAnswer } from './answers.js'
import { createContract, createHeaderContract } from './contract.js'
import { now, tokens } from './seeded.js'

export { temporaryFolder } from './folder.js'
export { ids, levels, now, tokens } from './seeded.js'

export const silent: Logger = pino({ level: 'silent' })
const contract = createContract()
const headerContract = createHeaderContract()

/**
 * A sandbox in memory that closes itself when the test ends, and fails the test if one of its answers is not as
 * openapi.yaml says. Its clock is frozen at `now`. `agent` is supertest's, with the full-access token.
 */
export async function sandbox(options: OpenSandboxOptions = {}) {
  const violations: string[] = []
  const opened: RunningSandbox = openSandbox({
    now,
    logger: silent,
    checkAnswer(schema, json) {
      try {
        checkAnswer(schema, json)
      } catch (error) {
        // The client sees only a 500.
        violations.push((error as Error).message)
        throw error
      }
    },
    onApp(app) {
      app.addHook('onSend', async (request, reply, payload) => {
        // The answer of a fault rule is its author's choice.
        if (request.fault?.rule.effect.status !== undefined) return payload
        const violation = contract({
          method: request.method,
          route: routeOf(request),
          status: reply.statusCode,
          contentType: String(reply.getHeader('content-type')),
          body: String(payload),
          decided: request.decided?.ids ?? [],
        })
        if (violation !== undefined) violations.push(violation)
        return payload
      })
      app.addHook('onResponse', async (request, reply) => {
        if (request.fault?.rule.effect.status !== undefined) return
        const violation = headerContract(
          {
            method: request.method,
            route: routeOf(request),
            status: reply.statusCode,
          },
          reply.getHeaders(),
        )
        if (violation !== undefined) violations.push(violation)
      })
    },
    ...options,
  })
  await opened.app.ready()
  onTestFinished(async () => {
    await opened.close()
    expect(violations).toEqual([])
  })
  const agent = supertest.agent(opened.app.server).auth(tokens.fullAccess, { type: 'bearer' })
  return { ...opened, agent }
}

/** Undefined for a call that no operation matches, also if an id in its path is empty. */
function routeOf({ is404, refusal, routeOptions }: FastifyRequest): string | undefined {
  return is404 || refusal?.code === 'ROUTE_NOT_FOUND' ? undefined : routeOptions.url
}

/** The path of a user's access to a group. */
export function groupUserPath(group_id: string, user_id: string): string {
  return `/v1/groups/${group_id}/users/${user_id}`
}

/** The parts of an answer that tests compare. */
export function told({ status, body }: { status: number; body: unknown }) {
  return { status, body }
}

/** The request id that every error body carries. */
export const requestId = expect.stringMatching(/^req-[0-9a-z]+$/) as unknown

/** A logger that records its lines. */
export function recordingLogger(level: string) {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>)
  return { logger: pino({ level }, { write }), lines }
}
