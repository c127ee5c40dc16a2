import { Type, type Static } from '@sinclair/typebox'
import type { ResolvedFaultRule } from '../domain/fault.js'
import { formatDuration } from './duration.js'
import { KnownOperation } from './known-operation.js'
import type { Report } from './report.js'
import { Duration, readDuration } from './timeline.js'
import { Enum, Uuid } from './types.js'

const closed = { additionalProperties: false }

/** The maximum number of rules of an organization. */
export const maxFaults = 1_000

const maxCount = 1e12

export const FaultDocument = Type.Object(
  {
    operation: Type.Optional(KnownOperation),
    method: Type.Optional(
      Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], { description: 'Only calls with this method.' }),
    ),
    group_id: Type.Optional(Uuid('Only calls that name this group in their path.')),
    user_id: Type.Optional(Uuid('Only calls that name this user in their path.')),
    times: Type.Optional(
      Type.Union(
        [
          Type.Integer({ minimum: 1, maximum: maxCount, expects: `an integer from 1 to ${maxCount}` }),
          Type.Literal('forever'),
        ],
        {
          description: 'How many matching calls it affects; 1 if left out.',
        },
      ),
    ),
    skip: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxCount,
        expects: `an integer from 0 to ${maxCount}`,
        description: 'How many matching calls it lets through first; 0 if left out.',
      }),
    ),
    phase: Type.Optional(
      Enum(['before', 'after'], {
        description: 'Before the work, or after it, when only the response is affected; truncate is always after.',
      }),
    ),
    effect: Type.Object(
      {
        status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599, description: 'Respond with this status.' })),
        code: Type.Optional(Type.String({ description: 'With a status: the error code.' })),
        message: Type.Optional(Type.String({ description: 'With a status: the error message.' })),
        body: Type.Optional(
          Type.Unknown({
            description:
              'With a status: the whole body. In its texts `{group_id}` stands for that parameter of the path.',
          }),
        ),
        headers: Type.Optional(
          Type.Record(Type.String(), Type.String(), { description: 'With a status: headers to add.' }),
        ),
        delay: Type.Optional(Duration('Delay the response by this long.')),
        drop: Type.Optional(Type.Literal(true, { description: 'Drop the connection without a response.' })),
        truncate: Type.Optional(
          Type.Literal(true, { description: 'Drop the connection in the middle of the response.' }),
        ),
        hang: Type.Optional(Type.Literal(true, { description: 'Do not respond as long as the rule exists.' })),
        max: Type.Optional(Duration('With hang: respond after this time.')),
      },
      { ...closed, description: 'What happens: exactly one of status, delay, drop, truncate and hang.' },
    ),
  },
  { ...closed, title: 'FaultRule', description: 'A rule that answers calls, or makes them fail.' },
)

export type FaultDocument = Static<typeof FaultDocument>

const effects = ['status', 'delay', 'drop', 'truncate', 'hang'] as const

/** Keys of an effect that require another one. */
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
    if (name in effect && !(needed in effect)) report(`${path}.effect.${name}`, `is only allowed with ${needed}`)
  }
  if (effect.truncate && rest.phase === 'before') {
    report(`${path}.phase`, 'expected after: before the work there is no response to truncate')
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

/** Rejects what Node would refuse to send, and what would corrupt the response. */
function headerProblem(name: string, value: string): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'is not a valid header name'
  if (/^(content-length|transfer-encoding)$/i.test(name)) return 'is not allowed here: it is derived from the body'
  // Node refuses to send it with a body of a known length.
  if (/^trailer$/i.test(name)) return 'is not allowed here: the response has no trailer fields'
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return 'expected Latin-1 text without line breaks'
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
