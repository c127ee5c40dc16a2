import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { ResolvedFaultRule } from '../../domain/fault.js'
import { Refusal, type Problem } from '../../domain/refusal.js'
import { nameFault, sequenceOfFault, type ActiveFault } from '../../organization/faults.js'
import { FaultDocument, maxFaults, readFault, writeFault } from '../../schemas/fault.js'
import { gather } from '../../schemas/report.js'
import type { Deps } from '../deps.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { bodyRefusals, controlRefusals, NoContent, refusalResponses } from '../schemas.js'

const tags = ['sandbox']

const FaultWithHits = Type.Object(
  {
    fault_id: Type.String({ description: 'Its id.' }),
    warnings: Type.Optional(
      Type.Array(Type.String(), { description: "Where the response does not fit the operation in Opal's document." }),
    ),
    hits: Type.Integer({ description: 'How many calls it has affected since it was created or the sandbox started.' }),
    ...FaultDocument.properties,
  },
  {
    title: 'Fault',
    description: 'A fault rule.',
    additionalProperties: false,
    examples: [
      {
        fault_id: 'fault-11',
        hits: 0,
        times: 1,
        skip: 0,
        phase: 'before',
        operation: 'update_group_user',
        effect: { status: 503 },
      },
    ],
  },
)

const listFaults = {
  operationId: 'sandbox_list_faults',
  tags,
  summary: 'List fault rules',
  description: 'In the order in which they are tried: the first that matches and is not used up applies.',
  response: {
    200: Type.Object(
      { results: Type.Array(FaultWithHits) },
      { title: 'Faults', description: 'All fault rules of the organization.', additionalProperties: false },
    ),
    ...refusalResponses(...controlRefusals),
  },
}

const addFault = {
  operationId: 'sandbox_add_fault',
  tags,
  summary: 'Add a fault rule',
  description:
    'It affects the next matching call under /v1, or as many as `times` says. It can answer every operation of the API, ' +
    `simulated or not. At most ${maxFaults} rules.`,
  body: FaultDocument,
  response: { 200: FaultWithHits, ...refusalResponses(...controlRefusals, ...bodyRefusals) },
}

const deleteFaults = {
  operationId: 'sandbox_delete_faults',
  tags,
  summary: 'Delete all fault rules',
  description: 'Calls that they delay continue. The rules of the magic users are deleted too, until the next reset.',
  response: { 200: NoContent('Deleted; the body is empty.'), ...refusalResponses(...controlRefusals) },
}

const deleteFault = {
  operationId: 'sandbox_delete_fault',
  tags,
  summary: 'Delete a fault rule',
  description: 'Calls that it delays continue.',
  params: Type.Object({ fault_id: Type.String({ description: 'The rule.' }) }),
  response: {
    200: NoContent('Deleted; the body is empty.'),
    ...refusalResponses(...controlRefusals, 'FAULT_NOT_FOUND'),
  },
}

export function faults({ store, organizations, shapes }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/faults', { schema: listFaults }, async ({ organization }) => ({
      results: organization.faults.list().map(show),
    }))

    app.post('/faults', { schema: addFault }, async ({ organization, body }) => {
      const problems: Problem[] = []
      const rule = readFault(gather(problems, maxProblems), 'body', body)
      if (problems.length > 0) throw invalidRequest(problems)
      const { organization_id } = organization
      const sequence = await organizations.changeFaults(organization, () => {
        if (store.faults.count(organization_id) >= maxFaults) throw tooManyFaults()
        return store.atomic(() => {
          const number = store.organizations.takeFaultNumbers(organization_id, 1)
          store.faults.insert({ organization_id, sequence: number, rule: JSON.stringify(rule) })
          return number
        })
      })
      return show({ fault_id: nameFault(sequence), hits: 0, rule })
    })

    app.delete('/faults', { schema: deleteFaults }, async ({ organization }, reply) => {
      await organizations.changeFaults(organization, () => store.faults.removeAll(organization.organization_id))
      return reply.send(undefined)
    })

    app.delete('/faults/:fault_id', { schema: deleteFault }, async ({ organization, params: { fault_id } }, reply) => {
      const sequence = sequenceOfFault(fault_id)
      await organizations.changeFaults(organization, () => {
        if (sequence === undefined || !store.faults.remove(organization.organization_id, sequence)) {
          throw faultNotFound(fault_id)
        }
      })
      return reply.send(undefined)
    })
  }

  function show({ fault_id, hits, rule }: Pick<ActiveFault, 'fault_id' | 'hits' | 'rule'>) {
    const warnings = findMisfits(rule)
    return { fault_id, ...(warnings.length > 0 && { warnings }), hits, ...writeFault(rule) }
  }

  function findMisfits({ operation, effect: { status, body, code, message } }: ResolvedFaultRule): string[] {
    if (operation === undefined || status === undefined || code !== undefined || message !== undefined) return []
    const problems = shapes.problems(operation, { status, body: typeof body === 'string' ? readJson(body) : body })
    return problems.map(({ path, message }) => `effect.${path}: ${message}`)
  }
}

/** A text is sent as it is. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function tooManyFaults(): Refusal {
  return invalidRequest([{ path: 'body', message: `would exceed the limit of ${maxFaults} rules` }])
}

function faultNotFound(fault_id: string): Refusal {
  return new Refusal('FAULT_NOT_FOUND', `There is no fault rule ${fault_id.slice(0, 100)}.`, {
    hint: 'GET /_sandbox/faults lists the rules.',
  })
}
