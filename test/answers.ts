import type { TSchema } from '@sinclair/typebox'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
const validators = new WeakMap<TSchema, ValidateFunction>()

/** Throws where an answer is not as the schema of its status says, or refuses with a code that is not among its codes. */
export function checkAnswer(schema: TSchema, json: string) {
  const validate = validators.get(schema) ?? ajv.compile(schema)
  validators.set(schema, validate)
  const answer = JSON.parse(json) as { code?: string }
  if (!validate(answer)) throw new Error(`${ajv.errorsText(validate.errors)} in ${json}`)
  const codes = schema.codes as string[] | undefined
  if (codes && !codes.includes(answer.code ?? '')) throw new Error(`expected one of ${codes.join(', ')} in ${json}`)
}
