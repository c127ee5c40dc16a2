import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static, type TObject } from '@sinclair/typebox'
import { decodeChanges } from '../../domain/change.js'
import { bases } from '../../domain/behaviors.js'
import { formatTimestamp } from '../../domain/clock.js'
import { Refusal } from '../../domain/refusal.js'
import type { Met } from '../../organization/journal.js'
import type { TapeEntry } from '../../organization/tape.js'
import { KnownOperation } from '../../schemas/known-operation.js'
import { writeHar, type RecordedCall } from '../../schemas/har.js'
import { Enum, Uuid } from '../../schemas/types.js'
import { parseDurationMs } from '../../schemas/duration.js'
import type { Catalog } from '../catalog.js'
import { ChangeSchema, showChanges } from '../changes.js'
import { type CoverageReport, CoverageSchema, writeCoverage } from '../coverage.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { watchCaller } from '../in-flight.js'
import { readHeaders } from '../record.js'
import { countOf, readEarlierId } from '../request-id.js'
import { controlRefusals, NoContent, refusalResponses } from '../schemas.js'
import { explain } from '../why.js'

const tags = ['sandbox']

/** The longest wait: the fetch of Node gives up if no answer has begun after 5 minutes. */
const maxWaitMs = 4 * 60_000

const filter = {
  operation: Type.Optional(KnownOperation),
  status: Type.Optional(Type.Integer({ description: 'Only calls answered with this status.' })),
  group_id: Type.Optional(Uuid('Only calls with this group in their path.')),
  user_id: Type.Optional(Uuid('Only calls with this user in their path.')),
  since: Type.Optional(
    Type.String({
      description: 'Only calls after the one with this request id, which may no longer be in the journal.',
      examples: ['req-1a'],
    }),
  ),
}

const Request = Type.Object(
  {
    request_id: Type.String({ description: 'The id, as in the header x-opal-sandbox-request-id.' }),
    at: Type.String({ format: 'date-time', description: 'When, by the clock of the organization.' }),
    received_at: Type.String({ format: 'date-time', description: 'When it was received, in real time.' }),
    operation: Type.Optional(Type.String({ description: 'The operation; left out if no operation matches the call.' })),
    method: Type.String({ description: 'The method.' }),
    url: Type.String({ description: 'The path and the query.' }),
    headers: Type.Record(Type.String(), Type.String(), {
      description: 'The headers, without authorization, proxy-authorization and cookie.',
    }),
    group_id: Type.Optional(Type.String({ description: 'The group in the path.' })),
    user_id: Type.Optional(Type.String({ description: 'The user in the path.' })),
    body: Type.Optional(Type.Unknown({ description: 'The body; its beginning as text if it was over 16 KiB.' })),
    body_cut: Type.Optional(Type.Literal(true, { description: 'The body was over 16 KiB.' })),
    status: Type.Optional(Type.Integer({ description: 'The status; left out if no answer was sent.' })),
    answer: Type.Optional(
      Type.Unknown({ description: 'The body of the answer; its beginning as text if it was over 16 KiB.' }),
    ),
    answer_cut: Type.Optional(Type.Literal(true, { description: 'The answer was over 16 KiB.' })),
    pending: Type.Optional(Type.Literal(true, { description: 'A fault rule holds the call; it is not answered yet.' })),
    duration_ms: Type.Number({ description: 'The duration in real time.' }),
    ignored: Type.Optional(Type.Array(Type.String(), { description: 'Fields and parameters that had no effect.' })),
    fault: Type.Optional(
      Type.Object(
        {
          fault_id: Type.String({ description: 'The id of the rule.' }),
          effect: Type.String({ description: 'What it did.' }),
          phase: Type.String({ description: 'Before or after the call was processed.' }),
        },
        { description: 'The fault rule that affected the call.', additionalProperties: false },
      ),
    ),
    changes: Type.Optional(Type.Array(ChangeSchema, { description: 'What the call changed; left out if nothing.' })),
    changes_cut: Type.Optional(
      Type.Literal(true, { description: 'It changed more than the journal keeps of a call.' }),
    ),
    why: Type.Array(Type.String(), { description: 'The steps that led to the answer.' }),
    rule: Type.Optional(Type.String({ description: 'The rule, or the code of the refusal, that decided.' })),
    basis: Enum(bases, { description: 'How this behavior is known.' }),
    hint: Type.Optional(Type.String({ description: 'What would make the call succeed.' })),
  },
  {
    title: 'JournalEntry',
    description: 'A call with its answer: of the API, or one of the control plane that changed the organization.',
    additionalProperties: false,
  },
)

const Requests = Type.Object(
  { results: Type.Array(Request) },
  { title: 'JournalEntries', description: 'Calls, oldest first.', additionalProperties: false },
)

const Archive = Type.Object(
  {
    log: Type.Object(
      {
        version: Type.Literal('1.2'),
        creator: Type.Object({ name: Type.String(), version: Type.String() }),
        entries: Type.Array(Type.Record(Type.String(), Type.Unknown())),
      },
      { description: 'The calls, oldest first.' },
    ),
  },
  { title: 'HttpArchive', description: 'Calls as an HTTP archive (HAR 1.2).', additionalProperties: false },
)

const listRequests = {
  operationId: 'sandbox_list_requests',
  tags,
  summary: 'List calls',
  description:
    'By default the journal keeps the last 1,000 calls and at most 8 MiB. It never contains tokens. Moves of the ' +
    'clock, changes of settings, resets, new seeds, restored snapshots and undos are entries too.',
  querystring: Type.Object({
    ...filter,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        expects: 'an integer from 1 to 1000',
        description: 'Only the most recent calls, at most this many.',
      }),
    ),
    format: Type.Optional(
      Enum(['json', 'har'], {
        description: 'har: an HTTP archive, for browsers and other tools, without moves of the clock.',
      }),
    ),
  }),
  response: {
    200: Type.Union([Requests, Archive], { description: 'The calls, oldest first.' }),
    ...refusalResponses(...controlRefusals),
  },
}

const waitForRequests = {
  operationId: 'sandbox_wait_for_requests',
  tags,
  summary: 'Wait for calls',
  description:
    'Returns as soon as the journal holds enough matching calls, earlier ones included, or 408 after the timeout. A reset ' +
    'ends the wait.',
  querystring: Type.Object({
    ...filter,
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'How many calls; 1 by default.' })),
    timeout: Type.Optional(Type.String({ description: 'How long, such as 2s; 5s by default, 4m at most.' })),
  }),
  response: { 200: Requests, ...refusalResponses(...controlRefusals, 'WAIT_TIMEOUT', 'WAIT_ENDED') },
}

const getRequest = {
  operationId: 'sandbox_get_request',
  tags,
  summary: 'Show one call',
  description: 'By its request id.',
  params: Type.Object({ request_id: Type.String({ description: 'The id.' }) }),
  response: { 200: Request, ...refusalResponses(...controlRefusals, 'REQUEST_NOT_FOUND') },
}

const clearRequests = {
  operationId: 'sandbox_clear_requests',
  tags,
  summary: 'Clear the journal',
  description: 'Clears the coverage counts too; nothing else changes.',
  response: { 200: NoContent('Cleared; the body is empty.'), ...refusalResponses(...controlRefusals) },
}

const getCoverage = {
  operationId: 'sandbox_get_coverage',
  tags,
  summary: 'Show the coverage',
  description:
    'How often each operation returned each documented status since the journal was last cleared, and which statuses ' +
    'never occurred. Ask for text/markdown to get a table.',
  response: { 200: CoverageSchema, ...refusalResponses(...controlRefusals) },
}

export function requests(
  { operations }: Catalog,
  measure: (met: Met) => Promise<CoverageReport>,
  { shapes, measured, version }: Deps,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/requests', { schema: listRequests }, async ({ id, organization, query }) => {
      const isHar = query.format === 'har'
      const isAsked = matcher(query, id)
      const all = organization.journal.list().filter((entry) => isAsked(entry) && !(isHar && isControl(entry)))
      const found = query.limit === undefined ? all : all.slice(-query.limit)
      return isHar ? writeHar(found.map(recall), version) : { results: found.map(show) }
    })

    app.get('/requests/wait', { schema: waitForRequests }, async ({ id, organization, query }, reply) => {
      const { journal } = organization
      const { count = 1, timeout = '5s' } = query
      const timeoutMs = parseDurationMs(timeout)
      if (timeoutMs === undefined || timeoutMs > maxWaitMs) {
        throw invalidRequest([
          {
            path: 'query.timeout',
            message: `expected a duration of at most 4m, such as 2s, got ${JSON.stringify(timeout)}`,
          },
        ])
      }
      const isAsked = matcher(query, id)
      const matches = (entry: TapeEntry) => !isControl(entry) && isAsked(entry)
      const outcome = await journal.wait(matches, count, timeoutMs, watchCaller(reply))
      const found = journal.list().filter(matches)
      if (outcome === 'found') return { results: found.map(show) }
      if (outcome === 'reset') throw waitEnded('the organization was reset or replaced')
      if (outcome === 'closing') throw waitEnded('the sandbox is closing')
      // If the client is gone, nobody reads this answer.
      throw new Refusal('WAIT_TIMEOUT', `Waited ${timeout} for ${count} matching calls, got ${found.length}.`, {
        hint: 'GET /_sandbox/requests lists the calls that came.',
      })
    })

    app.get('/requests/:request_id', { schema: getRequest }, async ({ organization, params: { request_id } }) => {
      const entry = organization.journal.list().find((one) => one.request_id === request_id)
      if (!entry) {
        throw new Refusal('REQUEST_NOT_FOUND', `The journal holds no request ${request_id.slice(0, 100)}.`, {
          hint: 'GET /_sandbox/requests lists the calls that it holds; older ones are dropped.',
        })
      }
      return show(entry)
    })

    app.delete('/requests', { schema: clearRequests }, async ({ organization }, reply) => {
      organization.journal.clear()
      return reply.send(undefined)
    })

    app.get('/coverage', { schema: getCoverage }, async ({ organization, headers }, reply) => {
      const coverage = await measure(organization.journal)
      if (!headers.accept?.includes('text/markdown')) return coverage
      return reply.type('text/markdown; charset=utf-8').send(writeCoverage(coverage) as unknown as CoverageReport)
    })
  }

  /** Where the answer of a rule does not fit the operation. */
  function misfits({ operation, status, answer, fault, refusal, isAnswerCut }: TapeEntry): string[] {
    if (!fault?.effect.startsWith('status ') || !operation || status === null || refusal || isAnswerCut) return []
    const problems = shapes.problems(operation, { status, body: answer === '' ? undefined : readAnswer(answer) })
    return problems.map(({ path, message }) => `${path}: ${message}`)
  }

  /** A call as an HTTP archive has it. The journal has no headers of answers. */
  function recall(entry: TapeEntry): RecordedCall {
    const { receivedAt, duration_ms, method, url, body, status, answer, request_id } = entry
    const headers = readHeaders(entry.headers)
    const { why, rule, basis } = show(entry)
    const origin = `http://${headers.host ?? 'localhost'}`
    return {
      startedAt: receivedAt,
      durationMs: duration_ms,
      method,
      url: URL.canParse(origin + url) ? origin + url : `http://localhost${encodeURI(url)}`,
      headers,
      body,
      ...(status !== null && {
        answer: { status, headers: answer === '' ? {} : { 'content-type': 'application/json' }, text: answer },
      }),
      extra: { _request_id: request_id, _rule: rule, _basis: basis, _why: why },
    }
  }

  function show(entry: TapeEntry): Static<typeof Request> {
    const { why, rule, basis, hint } = explain(
      entry,
      operations.get(entry.operation ?? '')?.codes ?? new Set(),
      measured,
    )
    const { request_id, operation, method, url, group_id, user_id, body, status, answer, fault, ignored } = entry
    return {
      request_id,
      at: formatTimestamp(entry.at),
      received_at: formatTimestamp(entry.receivedAt),
      ...(operation !== undefined && { operation }),
      method,
      url,
      headers: readHeaders(entry.headers),
      ...(group_id !== undefined && { group_id }),
      ...(user_id !== undefined && { user_id }),
      ...(body !== undefined && { body: entry.isBodyCut ? body : (JSON.parse(body) as unknown) }),
      ...(entry.isBodyCut && { body_cut: true as const }),
      ...(status !== null && { status }),
      ...(answer !== '' && { answer: entry.isAnswerCut ? answer : readAnswer(answer) }),
      ...(entry.isAnswerCut && { answer_cut: true as const }),
      ...(entry.isPending && { pending: true as const }),
      duration_ms: Math.round(entry.duration_ms * 100) / 100,
      ...(ignored.length > 0 && { ignored }),
      ...(fault && { fault }),
      ...(entry.changes !== '' && { changes: showChanges(decodeChanges(entry.changes).rows) }),
      ...(entry.areChangesCut && { changes_cut: true as const }),
      why: [...(isControl(entry) ? describeControl(entry) : why), ...misfits(entry)],
      ...(rule !== undefined && { rule }),
      basis,
      ...(hint !== undefined && { hint }),
    }
  }
}

type RequestFilter = Static<TObject<typeof filter>>

/** Throws a Refusal if `since` is not the id of a request before this one, whose id is `ownId`. */
function matcher({ operation, status, group_id, user_id, since }: RequestFilter, ownId: string) {
  const after = since === undefined ? 0 : readEarlierId('query.since', since, ownId)
  return (entry: TapeEntry) =>
    (operation === undefined || entry.operation === operation) &&
    (status === undefined || entry.status === status) &&
    (group_id === undefined || entry.group_id === group_id) &&
    (user_id === undefined || entry.user_id === user_id) &&
    (since === undefined || countOf(entry.request_id) > after)
}

/** Whether an entry is a call of the control plane that changed the organization. */
function isControl({ operation }: TapeEntry): boolean {
  return operation?.startsWith('sandbox_') === true
}

/** In words, what a call of the control plane did. */
function describeControl({ operation, url, body = '{}', isBodyCut, answer }: TapeEntry): string[] {
  const given = Object.entries(isBodyCut ? {} : (JSON.parse(body) as Record<string, unknown>))
  switch (operation) {
    case 'sandbox_turn_clock':
      return describeMove(given, answer)
    case 'sandbox_change_settings':
      return given.map(([name, value]) => `setting ${name}: ${JSON.stringify(value)}`)
    case 'sandbox_undo':
      return [
        `undo to ${given.map(([, to]) => String(to)).join()}`,
        `requests undone: ${(readAnswer(answer) as { undone: number }).undone}`,
      ]
    case 'sandbox_restore_snapshot':
      return [`restore of the snapshot ${decodeURIComponent(url.split('/')[3] ?? '')}`]
    case 'sandbox_replace_seed':
      return ['replacement by another seed']
    case 'sandbox_extend_seed':
      return ['addition to the seed']
    default:
      return ['reset to the seed']
  }
}

/** How the clock was moved, and what that led to. */
function describeMove(change: [string, unknown][], answer: string): string[] {
  const moved = readAnswer(answer) as Partial<Record<'expired_count' | 'settled_count', number>>
  return [
    `clock ${change.map(([name, value]) => (value === true ? name : `${name} ${String(value)}`)).join(' ')}`,
    ...(moved.expired_count ? [`access that expired: ${moved.expired_count}`] : []),
    ...(moved.settled_count ? [`propagation that settled: ${moved.settled_count}`] : []),
  ]
}

function waitEnded(why: string): Refusal {
  return new Refusal('WAIT_ENDED', `The wait ended early: ${why}.`, { hint: 'Wait again.' })
}

function readAnswer(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return answer
  }
}
