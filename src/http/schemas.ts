import { Type, type TSchema } from '@sinclair/typebox'
import { propagationStatuses } from '../domain/propagation.js'
import type { RefusalCode } from '../domain/refusal.js'
import { Nullable, Uuid } from '../schemas/types.js'
import { maxProblems, refusals, type RefusalBody } from './errors.js'

/** A 200 with an empty body. */
export const NoContent = (description: string) => Type.Undefined({ description })

const AccessLevel = Type.Object(
  {
    access_level_name: Type.String({ description: 'The display name; empty for the default level.' }),
    access_level_remote_id: Type.String({
      description: "The level's id in the remote system; empty for the default level.",
    }),
  },
  { title: 'GroupAccessLevel', description: 'An access level of a group.', additionalProperties: false },
)

const PropagationStatus = Type.Object(
  {
    status: Type.Unsafe<(typeof propagationStatuses)[number]>({
      title: 'PropagationStatusEnum',
      type: 'string',
      enum: [...propagationStatuses],
      description: 'How far the change has been pushed to the remote system.',
    }),
  },
  {
    title: 'PropagationStatus',
    description: 'How far the last change has been pushed to the remote system.',
    additionalProperties: false,
  },
)

export const GroupUserSchema = Type.Object(
  {
    group_id: Uuid('The group.'),
    group_name: Type.String({ description: "The group's name." }),
    description: Type.String({ description: "The group's description." }),
    user_id: Uuid('The user.'),
    access_level: AccessLevel,
    full_name: Type.String({ description: "The user's full name." }),
    email: Type.String({ description: "The user's email address." }),
    expiration_date: Nullable(
      Type.String({ format: 'date-time', description: 'When the access ends; null if it does not.' }),
    ),
    propagation_status: Type.Optional(PropagationStatus),
  },
  {
    title: 'GroupUser',
    description:
      "A user's access to a group. Access that came from the remote system itself has no propagation status.",
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
  },
)

export const GroupAndUser = Type.Object({ group_id: Uuid('The group.'), user_id: Uuid('The user.') })

/** The response of calls that replace the whole state of an organization. */
export const OrganizationFilledSchema = Type.Object(
  {
    now: Type.String({ format: 'date-time', description: 'The time of the clock.' }),
    mode: Type.String({ description: 'How the clock runs.' }),
  },
  { title: 'OrganizationFilled', description: 'Done. This is the clock now.', additionalProperties: false },
)

const ErrorSchema = Type.Object(
  {
    code: Type.String({ description: 'What went wrong, for programs.' }),
    message: Type.String({ description: 'What went wrong, for people.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ description: 'Where: body.duration_minutes, path.group_id, ...' }),
            message: Type.String({ description: 'What was expected, and what was sent.' }),
          },
          { additionalProperties: false },
        ),
        { maxItems: maxProblems, description: 'Everything that is wrong with the request.' },
      ),
    ),
    hint: Type.Optional(Type.String({ description: 'What to do about it.' })),
    request_id: Type.String({ description: 'The id of the request, as in the log.' }),
  },
  {
    title: 'Error',
    description: 'Why a call was rejected. Opal documents no error body, so rely on the status alone.',
    additionalProperties: false,
  },
)

/** The error responses of a route by status, with the codes that each can have. */
export function refusalResponses(...codes: RefusalCode[]) {
  const responses: Record<number, TSchema> = {}
  for (const code of codes) {
    const { status } = refusals[code]
    const sameStatus = codes.filter((other) => refusals[other].status === status)
    responses[status] = Type.Unsafe<RefusalBody>({ ...ErrorSchema, codes: sameStatus })
  }
  return responses
}

/** What the hooks of /v1 can refuse any call with. */
export const doorRefusals = [
  'TOKEN_MISSING',
  'TOKEN_UNKNOWN',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
] as const satisfies RefusalCode[]

/** What any control-plane call on an organization can be refused with. */
export const controlRefusals = [
  'TOKEN_MISSING',
  'TOKEN_UNKNOWN',
  'CROSS_SITE_REQUEST',
  'INTERNAL_ERROR',
] as const satisfies RefusalCode[]

/** What any call with a body can be refused with besides. */
export const bodyRefusals = [
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
  'INVALID_REQUEST',
] as const satisfies RefusalCode[]

/** What any write under /v1 can be refused with besides. */
export const writeRefusals = ['TOKEN_READ_ONLY', ...bodyRefusals] as const satisfies RefusalCode[]
