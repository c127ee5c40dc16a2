import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from '@sinclair/typebox'
import { formatTimestamp, parseTimestamp, type ClockChange, type Timestamp } from '../../domain/clock.js'
import { lastChange, type PropagationTimeline } from '../../domain/propagation.js'
import { showClock } from '../../organization/clock.js'
import { Enum } from '../../schemas/types.js'
import { parseDurationMs } from '../../schemas/duration.js'
import type { AccessRow } from '../../store/target-users.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { createRecorder } from '../record.js'
import { showListed } from '../../domain/access.js'
import { defaultSettings } from '../../domain/settings.js'
import { bodyRefusals, controlRefusals, GroupUserSchema, refusalResponses } from '../schemas.js'

const tags = ['sandbox']

/** How many expired and how many settled group users an answer lists at most. */
const maxListed = 1_000

/** How many of each the journal keeps. */
const maxRecorded = 10

const now = Type.String({ format: 'date-time', description: 'The time that the clock shows.' })
const mode = Enum(['real', 'offset', 'frozen'], {
  description: "`real`: the machine's clock; `offset`: running with an offset; `frozen`: stopped.",
})

const Clock = Type.Object(
  { now, mode },
  { title: 'Clock', description: "The organization's clock.", additionalProperties: false },
)

const TurnClock = Type.Object(
  {
    advance: Type.Optional(
      Type.String({
        expects: 'a duration such as 61m, 1h30m, 2d or PT1H',
        description: 'Move forward by this duration.',
        examples: ['61m'],
      }),
    ),
    set: Type.Optional(
      Type.String({
        expects: 'a date-time such as 2026-01-01T00:00:00Z',
        description: 'Move to this moment, also backwards.',
      }),
    ),
    freeze: Type.Optional(Type.Boolean({ description: 'Stop the clock, or let it run on from here.' })),
    reset: Type.Optional(
      Type.Literal(true, { description: 'Go back to the clock that the organization started with.' }),
    ),
  },
  {
    title: 'TurnClock',
    description: 'Exactly one of these. A frozen clock stays frozen when it is set or advanced.',
    additionalProperties: false,
    examples: [{ advance: '61m' }],
  },
)

const ClockTurned = Type.Object(
  {
    now,
    mode,
    expired: Type.Array(GroupUserSchema, {
      description: `Group users whose access expired in between, in chronological order: the first ${maxListed}.`,
    }),
    expired_count: Type.Integer({ description: 'How many there are.' }),
    settled: Type.Array(GroupUserSchema, {
      description:
        'Group users whose propagation status changed in between, in chronological order; if the clock was set back, ' +
        'those whose status changed back: ' +
        `the first ${maxListed}.`,
    }),
    settled_count: Type.Integer({ description: 'How many there are.' }),
  },
  { title: 'ClockTurned', description: 'The clock, and what happened in between.', additionalProperties: false },
)

const getClock = {
  operationId: 'sandbox_get_clock',
  tags,
  summary: 'Show the clock',
  description: "The organization's clock, which every date, expiration and status of the API follows.",
  response: { 200: Clock, ...refusalResponses(...controlRefusals) },
}

const turnClock = {
  operationId: 'sandbox_turn_clock',
  tags,
  summary: 'Change the clock',
  description: 'Advances, sets, freezes, resumes or resets the clock, between 1970 and 9998-12-31T17:59:59Z.',
  body: TurnClock,
  response: { 200: ClockTurned, ...refusalResponses(...controlRefusals, ...bodyRefusals) },
}

export function clock(deps: Deps): FastifyPluginAsyncTypebox {
  const { store, organizations } = deps
  const recorder = createRecorder(deps)

  return async (app) => {
    app.get('/clock', { schema: getClock }, async ({ organization }) => showClock(organization))

    app.post('/clock', { schema: turnClock }, async (request) => {
      const { organization, body } = request
      const change = readChange(body)
      const work = () => {
        const { from, to } = organizations.changeClock(organization, change)
        const { organization_id } = organization
        const settled = settledBetween(organization_id, from, to)
        const period = { organization_id, from: formatTimestamp(from), to: formatTimestamp(to), limit: maxListed }
        return {
          ...showClock(organization),
          now: formatTimestamp(to),
          expired: store.groupUsers.listExpired(period).map((row) => showListed(row, to, defaultSettings)),
          expired_count: store.groupUsers.countExpired(period),
          settled: settled.slice(0, maxListed).flatMap(({ row }) => {
            const listed = store.groupUsers.show(row)
            return listed ? [showListed(listed, to, defaultSettings)] : []
          }),
          settled_count: settled.length,
        }
      }
      const moved = await organizations.change(organization, work, request)
      const { expired, settled } = moved
      recorder.recordControl(request, turnClock.operationId, {
        ...moved,
        expired: expired.slice(0, maxRecorded),
        settled: settled.slice(0, maxRecorded),
      })
      return moved
    })
  }

  /** Group users whose status changed, in chronological order. Access that expired in between may have settled first. */
  function settledBetween(organization_id: number, from: Timestamp, to: Timestamp) {
    const start = formatTimestamp(Math.min(from, to))
    return store.groupUsers
      .withTimeline(organization_id)
      .filter(({ expiration_date }) => expiration_date === null || expiration_date > start)
      .flatMap((row) => {
        const at = settledAt(row, from, to)
        return at === undefined ? [] : [{ row, at }]
      })
      .sort((a, b) => a.at - b.at)
  }
}

/** Access that has ended does not settle any more. */
function settledAt({ propagation, pushed_at, expiration_date }: AccessRow<'group'>, from: Timestamp, to: Timestamp) {
  if (propagation === null || pushed_at === null) return undefined
  const lastLive = expiration_date === null ? Infinity : Date.parse(expiration_date) - 1
  const timeline = JSON.parse(propagation) as PropagationTimeline
  const begin = Math.min(from, to)
  const end = Math.min(Math.max(from, to), lastLive)
  return lastChange(timeline, Date.parse(pushed_at), begin, end)
}

function readChange(body: Static<typeof TurnClock>): ClockChange {
  const given = Object.keys(body)
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(' and ')
    throw invalidRequest([
      { path: 'body', message: `expected exactly one of advance, set, freeze and reset, got ${got}` },
    ])
  }
  const { advance, set, freeze } = body
  if (advance !== undefined) {
    const advance_ms = parseDurationMs(advance)
    if (advance_ms === undefined) {
      throw invalidRequest([
        {
          path: 'body.advance',
          message: `expected a duration such as 61m, 1h30m, 2d or PT1H, got ${JSON.stringify(advance)}`,
        },
      ])
    }
    return { advance_ms }
  }
  if (set !== undefined) {
    const at = parseTimestamp(set)
    if (at === undefined) {
      throw invalidRequest([
        {
          path: 'body.set',
          message: `expected a date-time with a zone, from 1970 to 9998-12-31T17:59:59Z, such as 2026-01-01T00:00:00Z, got ${JSON.stringify(set)}`,
        },
      ])
    }
    return { set: at }
  }
  return freeze === undefined ? { reset: true } : { freeze }
}
