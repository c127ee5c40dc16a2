import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { showViolation, ViolationSchema } from '../changes.js'
import { controlRefusals, refusalResponses } from '../schemas.js'

const getViolations = {
  operationId: 'sandbox_list_violations',
  tags: ['sandbox'],
  summary: 'List violations',
  description:
    "What calls changed although a rule of `forbid` does not allow it: of the organization's seed, or of the server. " +
    'The calls themselves were answered as always. Those since the last reset, at most 1,000.',
  response: {
    200: Type.Object(
      { results: Type.Array(ViolationSchema) },
      { title: 'Violations', description: 'Violations, oldest first.', additionalProperties: false },
    ),
    ...refusalResponses(...controlRefusals),
  },
}

export function violations(): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/violations', { schema: getViolations }, async ({ organization }) => ({
      results: organization.violations.map(showViolation),
    }))
  }
}
