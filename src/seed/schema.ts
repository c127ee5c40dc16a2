import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { earliest, latest } from '../domain/clock.js'
import { FaultDocument, maxFaults } from '../schemas/fault.js'
import { groupDetails, GroupType } from '../schemas/group.js'
import { SettingsDocument } from '../schemas/settings.js'
import { TimelineSchema } from '../schemas/timeline.js'
import { Enum, Uuid } from '../schemas/types.js'

const closed = { additionalProperties: false }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

/** A name within a seed. One of digits alone would change places when the document is read. */
const aliasPattern = '^(?!\\d+$)[a-z0-9_-]{1,64}$'
const anAlias = 'an alias of 1 to 64 characters a-z 0-9 _ -, not of digits alone'
const alias = (description: string) =>
  Type.String({
    pattern: aliasPattern,
    expects: anAlias,
    description,
  })

const Time = (description: string) =>
  Type.String({
    expects: 'a date-time such as 2026-01-01T00:00:00Z, or a relative one such as +60m or -1h',
    description: `${description} Absolute, or relative to the clock when the seed is applied.`,
    examples: ['+60m'],
  })

/** As far as any two moments that a clock can show lie apart. */
const maxOffsetMs = latest - earliest

const Clock = Type.Object(
  {
    frozen_at: optional(
      Type.String({ expects: 'a date-time such as 2026-01-01T00:00:00Z', description: 'It stands still here.' }),
    ),
    offset_ms: optional(
      Type.Integer({
        minimum: -maxOffsetMs,
        maximum: maxOffsetMs,
        description: "It is so many milliseconds ahead of the machine's clock.",
      }),
    ),
  },
  { ...closed, description: "What the clock shows; without it, what the machine's does." },
)

const Token = Type.Object(
  {
    token_id: optional(Uuid('Its id; derived from the alias if left out.')),
    access_level: Enum(['FULL_ACCESS', 'READ_ONLY'], { description: 'What it may do.' }),
    token_label: optional(Type.String({ description: 'What people call it.' })),
    secret: optional(
      Type.String({
        // What begins with org- opens an organization, whatever secrets there are.
        pattern: '^(?!org-)[A-Za-z0-9._~+/=-]{8,256}$',
        isSecret: true,
        expects: 'a secret of 8 to 256 characters A-Z a-z 0-9 . _ ~ + / = - that does not begin with org-',
        description: 'What is sent as the bearer token; in the organization `default` only, and never exported.',
      }),
    ),
    user: optional(alias('Whose it is; the first user if left out.')),
    created_at: optional(Time('When it was created.')),
    expires_at: optional(Time('When it expires; never if left out.')),
    revoked_at: optional(Time('When it was revoked.')),
  },
  closed,
)

const User = Type.Object(
  {
    user_id: optional(Uuid('The id; derived from the alias if left out.')),
    email: Type.String({ minLength: 1, description: 'The email address.' }),
    full_name: Type.String({ description: 'The full name.' }),
    first_name: optional(Type.String({ description: 'The first word of the full name if left out.' })),
    last_name: optional(Type.String({ description: 'The other words of the full name if left out.' })),
    position: optional(Type.String({ description: 'The position in the company.' })),
    hr_idp_status: optional(
      Enum(['ACTIVE', 'SUSPENDED', 'DEPROVISIONED', 'DELETED', 'NOT_FOUND'], {
        description: 'What the identity provider says of the user.',
      }),
    ),
    propagation: optional(TimelineSchema),
  },
  closed,
)

const Group = Type.Object(
  {
    group_id: optional(Uuid('The id; derived from the alias if left out.')),
    name: Type.String({ description: 'The name.' }),
    description: optional(Type.String({ description: 'What the group is for.' })),
    group_type: GroupType,
    access_levels: optional(
      Type.Record(Type.String({ pattern: '^[\\s\\S]+$' }), Type.String({ minLength: 1 }), {
        ...closed,
        expectsNames: 'at least one character',
        description: 'Levels beside the default one: name and remote id.',
      }),
    ),
    propagation: optional(TimelineSchema),
    ...groupDetails,
  },
  closed,
)

const GroupUser = Type.Object(
  {
    group: alias('The group.'),
    user: alias('The user.'),
    access_level: optional(
      Type.String({ description: "The remote id of one of the group's levels; the default level if left out." }),
    ),
    expires_at: optional(Time('When the access ends; never if left out.')),
    pushed_at: optional(
      Type.Union([Time('When the access was last pushed; now if left out.'), Type.Null()], {
        description: 'Null: the access came from the remote system.',
      }),
    ),
    propagation: optional(Type.Union([TimelineSchema, Type.Null()], { description: "The push's own timeline." })),
  },
  closed,
)

const byAlias = <Entry extends TSchema>(entry: Entry, description: string) =>
  Type.Record(Type.String({ pattern: aliasPattern }), entry, { ...closed, expectsNames: anAlias, description })

/** The schemas of what a seed holds by alias, and of what it holds in lists. */
export const entries = {
  byAlias: { tokens: Token, users: User, groups: Group },
  listed: { group_users: GroupUser, faults: FaultDocument },
}

/** Leaves room below the largest safe integer for whatever is created afterwards. */
const maxSequence = 1e15

/** The one document format for an organization: a start state, a snapshot, an export and a test fixture are all seeds. */
export const SeedDocument = Type.Object(
  {
    version: Type.Literal(1, { description: 'Of this format.' }),
    $schema: optional(Type.String({ description: 'For editors.' })),
    clock: optional(Clock),
    settings: optional(Type.Unsafe<SettingsDocument>(SettingsDocument)),
    tokens: optional(byAlias(Token, 'By alias; the built-in ones if left out.')),
    users: optional(byAlias(User, 'By alias.')),
    groups: optional(byAlias(Group, 'By alias.')),
    group_users: optional(Type.Array(GroupUser, { description: 'Who is in which group.' })),
    faults: optional(
      Type.Array(FaultDocument, {
        maxItems: maxFaults,
        description: 'Rules that make calls fail, the first that matches acting.',
      }),
    ),
    magic: optional(Type.Boolean({ description: 'Add the magic users, who bring about every outcome.' })),
    next_sequence: optional(
      Type.Integer({
        minimum: 1,
        maximum: maxSequence,
        description: 'Of an export: where the counter stands that new ids are made from.',
      }),
    ),
  },
  {
    title: 'Seed',
    description: 'Everything that an organization holds.',
    ...closed,
    documentedPatterns: {
      '^x-': { description: 'A block that YAML can repeat elsewhere, by an anchor and a merge key.' },
    },
  },
)

export type SeedDocument = Static<typeof SeedDocument>
