import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { operations } from '../../src/domain/operations.js'
import { sandbox } from '../helper.js'
import { replay, type Sent } from './examples.js'
import { routes } from './sample-calls.js'

// The examples of openapi.yaml as a tool reads them: what has one name belongs together.

type Examples = Record<string, { value: unknown }>

interface Content {
  'application/json': { schema: object; examples?: Examples }
}

interface Parameter {
  name: string
  in: 'path' | 'query'
  examples?: Examples
}

interface Reference {
  $ref: string
}

interface Response {
  content?: Content
}

interface Operation {
  operationId: string
  parameters?: (Parameter | Reference)[]
  requestBody?: { content: Content }
  responses: Record<string, Response | Reference>
}

const { paths, components } = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>
  components: { parameters: Record<string, Parameter>; responses: Record<string, Response> }
}

const simulated = operations
  .filter(({ simulated }) => simulated)
  .map(({ id, method, path }) => {
    const { parameters = [], requestBody, responses } = paths[`/v1${path}`]![method.toLowerCase()]!
    return {
      id,
      parameters: parameters.map((one) => resolve(one, components.parameters)),
      bodies: requestBody?.content['application/json'].examples,
      takesBody: requestBody !== undefined,
      answers: Object.entries(responses).flatMap(([status, one]) => {
        const { content } = resolve(one, components.responses)
        return status === 'default' ? [] : [{ status: Number(status), content: content?.['application/json'] }]
      }),
    }
  })

function resolve<Value extends object>(one: Value | Reference, values: Record<string, Value>): Value {
  return '$ref' in one ? values[one.$ref.split('/').at(-1)!]! : one
}

test.each(simulated)(
  '$id: each parameter, body and success has an example',
  ({ parameters, bodies, takesBody, answers }) => {
    const lacking = parameters.filter(({ examples }) => !examples).map(({ name }) => name)
    if (takesBody && !bodies) lacking.push('the body')
    for (const { status, content } of answers) {
      if (status < 300 && content && !content.examples?.sample) lacking.push(String(status))
    }
    expect(lacking).toEqual([])
  },
)

/** Each named request of an operation: that of its sample, and those whose answer has the same name. */
const named = simulated.flatMap((operation) => {
  const { id, parameters, bodies = {}, answers } = operation
  const names = new Set([
    'sample',
    ...[...parameters.map(({ examples = {} }) => examples), bodies].flatMap(Object.keys),
  ])
  return Array.from(names, (name) => {
    const found = answers.find(({ content }) => content?.examples && name in content.examples)
    const empty = answers.find(({ status, content }) => status < 300 && !content)
    return {
      id,
      name,
      sent: {
        path: valuesOf(parameters, 'path', name) as Sent['path'],
        query: valuesOf(parameters, 'query', name),
        body: bodies[name]?.value,
      },
      answered: found
        ? { status: found.status, answer: found.content!.examples![name]!.value }
        : { status: name === 'sample' ? empty?.status : undefined, answer: undefined },
    }
  })
})

function valuesOf(parameters: Parameter[], place: Parameter['in'], name: string): Record<string, unknown> {
  const given = parameters.filter((parameter) => parameter.in === place && parameter.examples?.[name])
  return Object.fromEntries(given.map((parameter) => [parameter.name, parameter.examples![name]!.value]))
}

test.each(named)('$id: the request $name is answered as openapi.yaml shows it', async ({ id, sent, answered }) => {
  const { app } = await sandbox()
  const route = routes.find((route) => route.id === id)!
  expect(await replay(app, route, sent)).toEqual(answered)
})
