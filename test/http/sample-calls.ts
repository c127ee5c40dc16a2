import type { TSchema } from '@sinclair/typebox'
import { recordKinds, recordNouns } from '../../src/domain/records.js'
import type { RefusalCode } from '../../src/domain/refusal.js'
import { builtIn } from '../../src/seed/built-in.js'
import { deriveId } from '../../src/seed/ids.js'
import { openSandbox } from '../../src/sandbox.js'
import { registeredRoutes } from '../routes.js'
import { ids, tokens } from '../seeded.js'

// A valid call of every operation, read off the schemas of its route. A test over all operations needs no list of them.

export interface Route {
  id: string
  method: string
  url: string
  params?: TSchema
  querystring?: TSchema
  body?: TSchema
  response?: Record<string, TSchema & { codes?: RefusalCode[] }>
}

/** The routes of both planes. */
export const routes: Route[] = (await registeredRoutes()).flatMap(({ method, url, schema = {} }) => {
  const { operationId: id, ...parts } = schema as Omit<Route, 'id'> & { operationId?: string }
  return id === undefined ? [] : [{ ...parts, id, method: String(method), url }]
})

/** Returns an id for a field or a parameter. */
export type Name = (field: string) => string

export interface SampleCall {
  method: string
  url: string
  body: unknown
}

const warehouse = '0a100000-0000-4000-8000-000000000001'

/** By the name of a field, the id of something in the built-in seed. */
const builtInIds: Record<string, string> = {
  ...Object.fromEntries(
    recordNouns.map((noun) => {
      const { idField, section } = recordKinds[noun]
      // The last one: no other record refers to it.
      const [alias = '', entry] = Object.entries(builtIn[section] ?? {}).at(-1) ?? []
      return [idField, (entry as unknown as Record<string, string> | undefined)?.[idField] ?? deriveId(noun, alias)]
    }),
  ),
  group_id: ids.apiGroup,
  containing_group_id: ids.oktaGroup,
  user_id: ids.jake,
  resource_id: warehouse,
  parent_resource_id: '0a100000-0000-4000-8000-000000000002',
  token_id: deriveId('token', 'expired'),
  token_user_id: ids.ada,
  manager_id: ids.ada,
  event_id: await newestEvent(),
}

/** The newest event that a new sandbox has. */
async function newestEvent(): Promise<string> {
  const { app, close } = openSandbox()
  const headers = { authorization: `Bearer ${tokens.fullAccess}` }
  const { results } = (await app.inject({ url: '/v1/events', headers })).json<{ results: { event_id: string }[] }>()
  await close()
  const [newest] = results
  if (!newest) throw new Error('A new sandbox has no events')
  return newest.event_id
}

/** What the field of a request is the id of, if its name does not say so. */
export const sameAs: Record<string, string> = {
  group_ids: 'group_id',
  resource_ids: 'resource_id',
  ancestor_resource_id: 'parent_resource_id',
  user_ids: 'user_id',
  initial_user_ids: 'user_id',
  token_ids: 'token_id',
  actor_filter: 'user_id',
  object_filter: 'group_id',
  app_resource_id: 'resource_id',
}

export const unknownId = 'abcdefab-cdef-4abc-8def-abcdefabcdef'

/** The id that a field names in a sample. */
export function nameBuiltIn(field: string): string {
  return builtInIds[sameAs[field] ?? field] ?? unknownId
}

const requests = {
  allow_requests: true,
  auto_approval: true,
  require_mfa_to_request: true,
  require_support_ticket: true,
}

/** Request configurations with every field that is an id. */
const requestConfigurations = (name: Name) => [
  { ...requests, priority: 0, organization_id: name('organization_id') },
  {
    ...requests,
    priority: 1,
    condition: { group_ids: [name('group_ids')] },
    request_template_id: name('request_template_id'),
    reviewer_stages: [
      {
        require_manager_approval: true,
        operator: 'AND',
        owner_ids: [name('owner_ids')],
        service_user_ids: [name('service_user_ids')],
        escalation: { delay_minutes: 1, owner_ids: [name('owner_ids')], user_ids: [name('user_ids')] },
      },
    ],
  },
]

/** Bodies under /v1 that no schema alone leads to. */
const specialBodies: Record<string, (name: Name) => object> = {
  createCampaign: (name) => ({
    name: 'Leavers',
    configuration: { query: { principalFilter: { entityIDs: [name('user_id')] } } },
  }),
  createConfigurationTemplate: (name) => template(name),
  updateConfigurationTemplate: (name) => ({
    configuration_template_id: name('configuration_template_id'),
    ...template(name),
  }),
  inviteUser: () => ({ email: 'kim@company.dev', first_name: 'Kim', last_name: 'Park', role: 'MEMBER' }),
  updateGroups: (name) => ({
    groups: [
      {
        group_id: name('group_id'),
        folder_id: name('folder_id'),
        admin_owner_id: name('admin_owner_id'),
        configuration_template_id: name('configuration_template_id'),
        request_template_id: name('request_template_id'),
        group_leader_user_ids: [name('user_id')],
        request_configurations: requestConfigurations(name),
      },
    ],
  }),
  createDelegation: (name) => ({
    delegator_user_id: name('user_id'),
    delegate_user_id: name('manager_id'),
    start_time: '2022-01-23T00:00:00Z',
    end_time: '2022-01-24T00:00:00Z',
    reason: 'Away',
  }),
  createRequest: (name) => ({
    groups: [{ id: name('group_id') }],
    resources: [{ id: name('resource_id') }],
    target_user_id: name('user_id'),
    reason: 'On call this week',
    duration_minutes: 60,
  }),
  updateResources: (name) => ({
    resources: [
      {
        resource_id: name('resource_id'),
        folder_id: name('folder_id'),
        admin_owner_id: name('admin_owner_id'),
        configuration_template_id: name('configuration_template_id'),
        request_template_id: name('request_template_id'),
        parent_resource_id: name('parent_resource_id'),
        request_configurations: requestConfigurations(name),
      },
    ],
  }),
}

const template = (name: Name) => ({
  name: 'Production',
  admin_owner_id: name('owner_id'),
  visibility: { visibility: 'LIMITED', visibility_group_ids: [name('group_id')] },
  linked_audit_message_channel_ids: [name('message_channel_id')],
  member_oncall_schedule_ids: [name('on_call_schedule_id')],
  break_glass_user_ids: [name('user_id')],
  require_mfa_to_approve: true,
  require_mfa_to_connect: true,
})

/** A call that succeeds in a new sandbox with the built-in seed. `bodies` has those that no schema alone leads to. */
export function sampleCall(route: Route, name: Name = nameBuiltIn, bodies: Record<string, unknown> = {}): SampleCall {
  const { id, method, url, params, querystring, body } = route
  // The tokens belong to another user than the one in most samples.
  const nameHere: Name = (field) => (id === 'getTokens' && field === 'user_id' ? name('token_user_id') : name(field))
  const path = url.replaceAll(/:(\w+)/g, (_, field: string) =>
    params && isUuid((params.properties as Record<string, TSchema>)[field]!)
      ? nameHere(field === 'id' ? 'request_id' : field)
      : wordFor(field),
  )
  const query =
    querystring &&
    new URLSearchParams(
      Object.entries(sample(querystring, '', nameHere) as Record<string, string>).map(
        ([field, value]): [string, string] => [field, words[field] ?? value],
      ),
    )
  return {
    method,
    url: query && query.size > 0 ? `${path}?${String(query)}` : path,
    body: bodies[id] ?? specialBodies[id]?.(nameHere) ?? (body && sample(body, '', nameHere)),
  }
}

/** For parameters that are no ids. */
const words: Record<string, string | undefined> = {
  owner_name: Object.values(builtIn.owners ?? {})[0]?.name,
  // The last one has no value.
  tag_key: Object.values(builtIn.tags ?? {}).at(-1)?.key,
}

function wordFor(field: string): string {
  return encodeURIComponent(words[field] ?? 'before')
}

export const isUuid = (schema: TSchema) => schema.expects === 'a UUID'

const childrenOf = (schema: TSchema): TSchema[] => [
  ...Object.values((schema.properties ?? {}) as Record<string, TSchema>),
  ...((schema.anyOf ?? []) as TSchema[]),
  ...(schema.items ? [schema.items as TSchema] : []),
]

export const holdsUuid = (schema: TSchema): boolean => isUuid(schema) || childrenOf(schema).some(holdsUuid)

/** A value that a schema accepts: what is required, and whatever holds a UUID. */
function sample(schema: TSchema, field: string, name: Name): unknown {
  if (isUuid(schema)) return name(field in builtInIds || !schema.refersTo ? field : `${schema.refersTo as string}_id`)
  if (schema.anyOf) return sample((schema.anyOf as TSchema[])[0]!, field, name)
  if (schema.const !== undefined) return schema.const as unknown
  if (schema.properties) {
    const required = new Set(schema.required as string[] | undefined)
    const fields = Object.entries(schema.properties as Record<string, TSchema>)
      // What only answers have is no part of a body.
      .filter(([, { readOnly }]) => readOnly !== true)
    const chosen = fields.filter(([key, one]) => required.has(key) || holdsUuid(one))
    return Object.fromEntries(chosen.map(([key, one]) => [key, sample(one, key, name)]))
  }
  if (schema.items) return [sample(schema.items as TSchema, field, name)]
  const [example] = (schema.examples ?? []) as unknown[]
  return example ?? { string: 'text', integer: 1, number: 1, boolean: true }[schema.type as string]
}
