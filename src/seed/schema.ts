import { Type, type Static } from '@sinclair/typebox'
import { propagationStatuses } from '../domain/propagation.js'
import { settingValues, type Settings } from '../domain/settings.js'

const uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', expects: 'a UUID' })
const alias = '^[a-z0-9_-]{1,64}$'
const strict = { additionalProperties: false }

const timeline = Type.Array(
  Type.Object(
    {
      status: Type.Union(propagationStatuses.map((status) => Type.Literal(status))),
      for: Type.Optional(Type.String({ expects: 'a duration, such as 5s' })),
    },
    strict,
  ),
  { minItems: 1, maxItems: 100 },
)

/** A moment, absolute (2026-01-01T00:00:00Z) or relative to the clock when the seed is applied (+60m, -1h). */
const time = Type.String({
  expects: 'a date-time such as 2026-01-01T00:00:00Z, or relative, such as +60m or -1h',
})

const settings = Type.Object(
  Object.fromEntries(
    Object.entries(settingValues).map(([name, values]) => [
      name,
      Type.Optional(Type.Union(values.map((value) => Type.Literal(value)))),
    ]),
  ),
  strict,
)

const token = Type.Object(
  {
    token_id: Type.Optional(uuid),
    access_level: Type.Union([Type.Literal('FULL_ACCESS'), Type.Literal('READ_ONLY')]),
    token_label: Type.Optional(Type.String()),
    secret: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9._~+/=-]{8,256}$',
        expects: 'a secret of 8 to 256 characters A-Z a-z 0-9 . _ ~ + / = -',
      }),
    ),
    user: Type.Optional(Type.String({ pattern: alias })),
    created_at: Type.Optional(time),
    expires_at: Type.Optional(time),
    revoked_at: Type.Optional(time),
  },
  strict,
)

const user = Type.Object(
  {
    user_id: Type.Optional(uuid),
    email: Type.String({ minLength: 1 }),
    full_name: Type.String(),
    first_name: Type.Optional(Type.String()),
    last_name: Type.Optional(Type.String()),
    position: Type.Optional(Type.String()),
    propagation: Type.Optional(timeline),
  },
  strict,
)

const group = Type.Object(
  {
    group_id: Type.Optional(uuid),
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    group_type: Type.String({ minLength: 1 }),
    access_levels: Type.Optional(Type.Record(Type.String({ minLength: 1 }), Type.String({ minLength: 1 }))),
    propagation: Type.Optional(timeline),
  },
  strict,
)

const groupUser = Type.Object(
  {
    group: Type.String({ pattern: alias }),
    user: Type.String({ pattern: alias }),
    access_level: Type.Optional(Type.String({ expects: 'the remote id of a level of the group' })),
    expires_at: Type.Optional(time),
    pushed: Type.Optional(Type.Boolean()),
  },
  strict,
)

const aliasKey = Type.String({ pattern: alias })

/** The one document format for an organization. */
export const SeedDocument = Type.Object(
  {
    version: Type.Literal(1),
    settings: Type.Optional(Type.Unsafe<Partial<Settings>>(settings)),
    tokens: Type.Optional(Type.Record(aliasKey, token, strict)),
    users: Type.Optional(Type.Record(aliasKey, user, strict)),
    groups: Type.Optional(Type.Record(aliasKey, group, strict)),
    group_users: Type.Optional(Type.Array(groupUser)),
  },
  { title: 'Seed', ...strict },
)

export type SeedDocument = Static<typeof SeedDocument>
