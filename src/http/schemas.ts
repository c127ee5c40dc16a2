import { Type, type TSchema } from '@sinclair/typebox'
import { propagationStatuses } from '../domain/propagation.js'
import { refusalCodes, type RefusalCode } from '../domain/refusal.js'
import { AccessLevelSchema, ResourceAccessLevelSchema } from '../schemas/access-level.js'
import { Enum, Nullable, Uuid } from '../schemas/types.js'
import { maxProblems, refusals, type RefusalBody } from './errors.js'

/** The largest body that may hold thousands of ids or groups, in bytes. */
export const bulkBodyLimit = 16 * 1024 * 1024

/** The 200 with an empty body. */
export const NoContent = (description: string) => Type.Undefined({ description })

const PropagationStatus = Type.Object(
  {
    status: Type.Unsafe<(typeof propagationStatuses)[number]>({
      title: 'PropagationStatusEnum',
      type: 'string',
      enum: [...propagationStatuses],
      description: 'How far the change has been propagated to the remote system.',
    }),
  },
  {
    title: 'PropagationStatus',
    description: 'How far the last change has been propagated to the remote system.',
    additionalProperties: false,
  },
)

const groupUserFields = {
  group_id: Uuid('The group.'),
  group_name: Type.String({ description: "The group's name." }),
  description: Type.String({ description: "The group's description." }),
  user_id: Uuid('The user.'),
  access_level: AccessLevelSchema,
  full_name: Type.String({ description: "The user's full name." }),
  email: Type.String({ description: "The user's email address." }),
  expiration_date: Nullable(
    Type.String({ format: 'date-time', description: 'When the access ends; null if it does not.' }),
  ),
  propagation_status: Type.Optional(PropagationStatus),
}

const groupUserOptions = {
  title: 'GroupUser',
  description: "A user's access to a group. Access found in the remote system has no propagation status.",
  additionalProperties: false,
  examples: [
    {
      group_id: '1b978423-db0a-4037-a4cf-f79c60cb67b3',
      group_name: 'API Group',
      description: "Group required to request API's",
      user_id: '29827fb8-f2dd-4e80-9576-28e31e9934ac',
      access_level: { access_level_name: '', access_level_remote_id: '' },
      full_name: 'Jake Barnes',
      email: 'jake@company.dev',
      expiration_date: '2022-01-23T04:56:07.000Z',
      propagation_status: { status: 'SUCCESS' },
    },
  ],
}

/** Accepts what the settings default_access_level and propagation_of_synced can choose; published as it is by default. */
export const GroupUserSchema = Type.Object(
  {
    ...groupUserFields,
    access_level: Type.Optional(Type.Union([AccessLevelSchema, Type.Null()])),
    propagation_status: Type.Optional(Type.Union([PropagationStatus, Type.Null()])),
  },
  { ...groupUserOptions, documentedSchema: Type.Object(groupUserFields, groupUserOptions) },
)

export const ResourceUserSchema = Type.Object(
  {
    resource_id: Uuid('The resource.'),
    user_id: Uuid('The user.'),
    access_level: ResourceAccessLevelSchema,
    full_name: groupUserFields.full_name,
    email: groupUserFields.email,
    expiration_date: groupUserFields.expiration_date,
  },
  { title: 'ResourceUser', description: "A user's access to a resource.", additionalProperties: false },
)

/** Accepts what the setting propagation_of_synced can choose; published as it is by default. */
export const ResourceAccessUserSchema = accessOfUser(Type.Union([PropagationStatus, Type.Null()]), {
  documentedSchema: accessOfUser(PropagationStatus),
})

function accessOfUser<Status extends TSchema>(status: Status, options: object = {}) {
  return Type.Object(
    {
      ...ResourceUserSchema.properties,
      resource_name: Type.String({ description: "The resource's name." }),
      description: Type.String({ description: "The resource's description." }),
      has_direct_access: Type.Boolean({
        description: 'Whether the user has it by themselves, not only through groups.',
      }),
      num_access_paths: Type.Integer({
        documentedFormat: 'int32',
        description: 'In how many ways: directly, and through each group.',
      }),
      propagation_status: Type.Optional(status),
    },
    {
      title: 'ResourceAccessUser',
      description: 'Access to a resource at one level, whether it is direct or through groups.',
      additionalProperties: false,
      ...options,
    },
  )
}

export const ResourceAndUser = Type.Object({ resource_id: Uuid('The resource.'), user_id: Uuid('The user.') })

export const GroupAndUser = Type.Object({ group_id: Uuid('The group.'), user_id: Uuid('The user.') })

/** The answer of calls that replace the state of an organization. */
export const OrganizationFilledSchema = Type.Object(
  {
    now: Type.String({ format: 'date-time', description: 'The time that the clock shows.' }),
    mode: Type.String({ description: 'The mode of the clock.' }),
  },
  { title: 'OrganizationFilled', description: 'The clock after the change.', additionalProperties: false },
)

const ErrorSchema = Type.Object(
  {
    code: Enum(refusalCodes, {
      title: 'ErrorCode',
      description: 'What went wrong, for programs. A rule can send any other code.',
    }),
    message: Type.String({ description: 'What went wrong, for people.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ description: 'Where, such as body.duration_minutes or path.group_id.' }),
            message: Type.String({ description: 'What was expected and what was sent.' }),
          },
          { additionalProperties: false },
        ),
        { maxItems: maxProblems, description: 'All problems of the request.' },
      ),
    ),
    hint: Type.Optional(Type.String({ description: 'What to do about it.' })),
    request_id: Type.String({ description: 'The id of the request, as in the log.' }),
  },
  {
    title: 'Error',
    description: 'Why a call was rejected. Opal documents no error body, so clients should rely on the status alone.',
    additionalProperties: false,
  },
)

/** The responses of a route for these codes, by status. */
export function refusalResponses(...codes: RefusalCode[]) {
  const responses: Record<number, TSchema> = {}
  for (const code of codes) {
    const { status } = refusals[code]
    const sameStatus = [...new Set(codes)].filter((other) => refusals[other].status === status)
    responses[status] = Type.Unsafe<RefusalBody>({ ...ErrorSchema, codes: sameStatus })
  }
  return responses
}

/** The codes that any call under /v1 can be rejected with before its handler runs. */
export const guardRefusals = [
  'TOKEN_MISSING',
  'TOKEN_UNKNOWN',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
] as const satisfies RefusalCode[]

/** The codes that any call of the control plane on an organization can be rejected with. */
export const controlRefusals = [
  'TOKEN_MISSING',
  'TOKEN_UNKNOWN',
  'CROSS_SITE_REQUEST',
  'INVALID_REQUEST',
  'INTERNAL_ERROR',
] as const satisfies RefusalCode[]

/** The additional codes of calls with a body. */
export const bodyRefusals = [
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
  'INVALID_REQUEST',
] as const satisfies RefusalCode[]

/** The additional codes of calls under /v1 that write. */
export const writeRefusals = ['TOKEN_READ_ONLY', ...bodyRefusals] as const satisfies RefusalCode[]
