import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { operationIds } from '../domain/operations.js'
import { propagationStatuses } from '../domain/propagation.js'
import type { RateLimit } from '../domain/rate-limit.js'
import { switches, type Switches } from '../domain/settings.js'
import { Enum, Uuid } from '../schema-types.js'
import { groupDetails, GroupType } from './group-fields.js'

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

export const Duration = (description: string) =>
  Type.String({ expects: 'a duration such as 5s, 61m or 1h30m', description, examples: ['5s'] })

const Time = (description: string) =>
  Type.String({
    expects: 'a date-time such as 2026-01-01T00:00:00Z, or a relative one such as +60m or -1h',
    description: `${description} Absolute, or relative to the clock when the seed is applied.`,
    examples: ['+60m'],
  })

export const Timeline = Type.Array(
  Type.Object(
    {
      status: Enum(propagationStatuses, { description: 'How far the change has come.' }),
      for: optional(Duration('How long it stays so; the last one stays so for ever.')),
    },
    closed,
  ),
  {
    minItems: 1,
    maxItems: 100,
    description: 'The statuses that a change goes through on its way into the remote system.',
    examples: [[{ status: 'PENDING', for: '5s' }, { status: 'SUCCESS' }]],
  },
)

const about: Record<keyof Switches, string> = {
  missing_group_user_on_update: 'What a PUT does for a user who has no access to the group.',
  re_add: 'What a POST does for a user who is in the group already.',
  negative_duration: 'What a negative duration does.',
  unknown_access_level: 'What a level does that the group does not have.',
  unknown_fields: 'What fields and parameters do that the API does not know.',
}

const switchSchemas = Object.fromEntries(
  Object.entries(switches).map(([name, values]) => [
    name,
    optional(Enum(values as readonly string[], { description: about[name as keyof Switches] })),
  ]),
)

export const SettingsDocument = Type.Object(
  {
    ...switchSchemas,
    propagation: optional(
      Type.Union([Timeline, Type.Null()], { description: 'The timeline of pushes that have no other; null: none.' }),
    ),
    rate_limit: optional(
      Type.Union(
        [
          Type.Literal('off'),
          Type.Literal('documented'),
          Type.Object(
            {
              requests_per_second: Type.Number({ minimum: 0.001, description: 'Of all kinds.' }),
              group_writes_per_second: optional(
                Type.Number({
                  minimum: 0.001,
                  description: 'Of those that create or change groups; as all if left out.',
                }),
              ),
            },
            closed,
          ),
        ],
        { description: '`documented`: 100 requests a second, 50 for PUT and POST /v1/groups.' },
      ),
    ),
  },
  { ...closed, title: 'Settings', description: 'What an organization does where Opal documents nothing.' },
)

/** As a document writes settings: any of them, the timeline with its durations. */
export type SettingsDocument = Partial<Switches> & {
  propagation?: Static<typeof Timeline> | null
  rate_limit?: RateLimit
}

const Clock = Type.Object(
  {
    frozen_at: optional(
      Type.String({ expects: 'a date-time such as 2026-01-01T00:00:00Z', description: 'It stands still here.' }),
    ),
    offset_ms: optional(Type.Integer({ description: "It is so many milliseconds ahead of the machine's clock." })),
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
    propagation: optional(Timeline),
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
    propagation: optional(Timeline),
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
    propagation: optional(Type.Union([Timeline, Type.Null()], { description: "The push's own timeline." })),
  },
  closed,
)

export const FaultDocument = Type.Object(
  {
    operation: optional(Enum(operationIds, { description: 'Only calls of this operation.' })),
    method: optional(Enum(['GET', 'POST', 'PUT', 'DELETE'], { description: 'Only calls with this method.' })),
    group_id: optional(Uuid('Only calls that name this group in their path.')),
    user_id: optional(Uuid('Only calls that name this user in their path.')),
    times: optional(
      Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('forever')], {
        description: 'How many calls it meets; 1 if left out.',
      }),
    ),
    skip: optional(Type.Integer({ minimum: 0, description: 'How many calls it lets pass first; 0 if left out.' })),
    phase: optional(
      Enum(['before', 'after'], {
        description: 'Before the work, or after it is done and only the answer is left; truncate is always after.',
      }),
    ),
    effect: Type.Object(
      {
        status: optional(Type.Integer({ minimum: 200, maximum: 599, description: 'Answer with this status.' })),
        code: optional(Type.String({ description: 'With a status: the code of the error.' })),
        message: optional(Type.String({ description: 'With a status: the message of the error.' })),
        body: optional(Type.Unknown({ description: 'With a status: the whole body.' })),
        headers: optional(
          Type.Record(Type.String(), Type.String(), { description: 'With a status: header fields to add.' }),
        ),
        delay: optional(Duration('Answer so much later.')),
        drop: optional(Type.Literal(true, { description: 'Cut the connection without an answer.' })),
        truncate: optional(Type.Literal(true, { description: 'Cut the connection in the middle of the answer.' })),
        hang: optional(Type.Literal(true, { description: 'Do not answer while the rule is there.' })),
        max: optional(Duration('With hang: answer after this time.')),
      },
      { ...closed, description: 'What happens: exactly one of status, delay, drop, truncate and hang.' },
    ),
  },
  { ...closed, title: 'FaultRule', description: 'A rule that makes calls fail.' },
)

export type FaultDocument = Static<typeof FaultDocument>

const byAlias = <Entry extends TSchema>(entry: Entry, description: string) =>
  Type.Record(Type.String({ pattern: aliasPattern }), entry, { ...closed, expectsNames: anAlias, description })

/** The schemas of what a seed holds by alias, and of what it holds in lists. */
export const entries = {
  byAlias: { tokens: Token, users: User, groups: Group },
  listed: { group_users: GroupUser, faults: FaultDocument },
}

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
      Type.Array(FaultDocument, { description: 'Rules that make calls fail, the first that matches acting.' }),
    ),
    magic: optional(Type.Boolean({ description: 'Add the magic users, who bring about every outcome.' })),
    next_sequence: optional(
      Type.Integer({ minimum: 1, description: 'Of an export: where the counter stands that new ids are made from.' }),
    ),
  },
  { title: 'Seed', description: 'Everything that an organization holds.', ...closed },
)

export type SeedDocument = Static<typeof SeedDocument>
