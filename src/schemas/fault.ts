import { Type, type Static } from '@sinclair/typebox'
import type { ResolvedFaultRule } from '../domain/fault.js'
import { simulatedIds } from '../domain/operations.js'
import { formatDuration } from './duration.js'
import type { Report } from './report.js'
import { Duration, readDuration } from './timeline.js'
import { Enum, Uuid } from './types.js'

const closed = { additionalProperties: false }

/** How many rules an organization can have. */
export const maxFaults = 1_000

const maxCount = 1e12

export const FaultDocument = Type.Object(
  {
    operation: Type.Optional(Enum(simulatedIds, { description: 'Only calls of this operation.' })),
    method: Type.Optional(Enum(['GET', 'POST', 'PUT', 'DELETE'], { description: 'Only calls with this method.' })),
    group_id: Type.Optional(Uuid('Only calls that name this group in their path.')),
    user_id: Type.Optional(Uuid('Only calls that name this user in their path.')),
    times: Type.Optional(
      Type.Union(
        [
          Type.Integer({ minimum: 1, maximum: maxCount, expects: `an integer from 1 to ${maxCount}` }),
          Type.Literal('forever'),
        ],
        {
          description: 'How many calls it meets; 1 if left out.',
        },
      ),
    ),
    skip: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxCount,
        expects: `an integer from 0 to ${maxCount}`,
        description: 'How many calls it lets pass first; 0 if left out.',
      }),
    ),
    phase: Type.Optional(
      Enum(['before', 'after'], {
        description: 'Before the work, or after it is done and only the answer is left; truncate is always after.',
      }),
    ),
    effect: Type.Object(
      {
        status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599, description: 'Answer with this status.' })),
        code: Type.Optional(Type.String({ description: 'With a status: the code of the error.' })),
        message: Type.Optional(Type.String({ description: 'With a status: the message of the error.' })),
        body: Type.Optional(Type.Unknown({ description: 'With a status: the whole body.' })),
        headers: Type.Optional(
          Type.Record(Type.String(), Type.String(), { description: 'With a status: header fields to add.' }),
        ),
        delay: Type.Optional(Duration('Answer so much later.')),
        drop: Type.Optional(Type.Literal(true, { description: 'Cut the connection without an answer.' })),
        truncate: Type.Optional(Type.Literal(true, { description: 'Cut the connection in the middle of the answer.' })),
        hang: Type.Optional(Type.Literal(true, { description: 'Do not answer while the rule is there.' })),
        max: Type.Optional(Duration('With hang: answer after this time.')),
      },
      { ...closed, description: 'What happens: exactly one of status, delay, drop, truncate and hang.' },
    ),
  },
  { ...closed, title: 'FaultRule', description: 'A rule that makes calls fail.' },
)

export type FaultDocument = Static<typeof FaultDocument>

const effects = ['status', 'delay', 'drop', 'truncate', 'hang'] as const

/** The keys of an effect that only go with another one. */
const companions: Record<string, string> = {
  code: 'status',
  message: 'status',
  body: 'status',
  headers: 'status',
  max: 'hang',
}

export function readFault(report: Report, path: string, { effect, ...rest }: FaultDocument): ResolvedFaultRule {
  const chosen = effects.filter((name) => effect[name] !== undefined)
  if (chosen.length !== 1) {
    report(`${path}.effect`, `expected exactly one of ${effects.join(', ')}, got ${chosen.join(' and ') || 'none'}`)
  }
  for (const [name, needed] of Object.entries(companions)) {
    if (name in effect && !(needed in effect)) report(`${path}.effect.${name}`, `goes with ${needed} only`)
  }
  if (effect.truncate && rest.phase === 'before') {
    report(`${path}.phase`, 'expected after: there is no answer to cut before the work')
  }
  for (const [name, value] of Object.entries(effect.headers ?? {})) {
    const problem = headerProblem(name, value)
    if (problem !== undefined) report(`${path}.effect.headers.${name}`, problem)
  }
  const { delay, max, ...others } = effect
  return {
    times: 1,
    skip: 0,
    phase: effect.truncate ? 'after' : 'before',
    ...rest,
    effect: {
      ...others,
      ...(delay !== undefined && { delay_ms: readDuration(report, `${path}.effect.delay`, delay) }),
      ...(max !== undefined && { max_ms: readDuration(report, `${path}.effect.max`, max) }),
    },
  }
}

/** What Node would refuse to send, and what would tear the answer apart. */
function headerProblem(name: string, value: string): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'is not the name of a header field'
  if (/^(content-length|transfer-encoding)$/i.test(name)) return 'is not allowed here: it follows from the body'
  // Node refuses to send it with a body of a known length.
  if (/^trailer$/i.test(name)) return 'is not allowed here: the response has no trailer fields'
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return 'expected text without line breaks, of Latin-1 characters only'
  return undefined
}

export function writeFault({ effect: { delay_ms, max_ms, ...others }, ...rest }: ResolvedFaultRule): FaultDocument {
  return {
    ...rest,
    effect: {
      ...others,
      ...(delay_ms !== undefined && { delay: formatDuration(delay_ms) }),
      ...(max_ms !== undefined && { max: formatDuration(max_ms) }),
    },
  } as FaultDocument
}
