import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { earliest, latest } from '../domain/clock.js'
import { FaultDocument, maxFaults } from '../schemas/fault.js'
import { groupDetails, GroupType } from '../schemas/group.js'
import { aLimit } from '../schemas/limit.js'
import { resourceDetails, ResourceType, type ResourceDetails } from '../schemas/resource.js'
import { SettingsDocument } from '../schemas/settings.js'
import { TimelineSchema } from '../schemas/timeline.js'
import { Enum, Uuid } from '../schemas/types.js'
import { alias, aliasPattern, anAlias, Time } from './entry.js'
import { linkEntries, recordEntries, seedFields, type LinkEntries } from './record-entries.js'

const closed = { additionalProperties: false }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

/** The largest distance between two moments in the range of a clock. */
const maxOffsetMs = latest - earliest

const Clock = Type.Object(
  {
    frozen_at: optional(
      Type.String({
        expects: 'a date-time such as 2026-01-01T00:00:00Z',
        description: 'The moment at which the clock is frozen.',
      }),
    ),
    offset_ms: optional(
      Type.Integer({
        minimum: -maxOffsetMs,
        maximum: maxOffsetMs,
        description: "How many milliseconds it is ahead of the machine's clock.",
      }),
    ),
  },
  { ...closed, description: "The organization's clock; that of the machine if left out." },
)

const Token = Type.Object(
  {
    token_id: optional(Uuid('The id; derived from the alias if left out.')),
    access_level: Enum(['FULL_ACCESS', 'READ_ONLY'], { description: 'What it permits.' }),
    token_label: optional(Type.String({ description: 'The name that people see.' })),
    secret: optional(
      Type.String({
        // A token that begins with org- always names an organization.
        pattern: '^(?!org-)[A-Za-z0-9._~+/=-]{8,256}$',
        isSecret: true,
        expects: 'a secret of 8 to 256 characters A-Z a-z 0-9 . _ ~ + / = - that does not begin with org-',
        description: 'The bearer token; only works in the organization `default`, and is never exported.',
      }),
    ),
    user: optional(alias('The owner; the first user if left out.')),
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
        description: "The user's status in the HR identity provider.",
      }),
    ),
    manager: optional(alias('The manager.')),
    propagation: optional(TimelineSchema),
    ...linkEntries('user'),
  },
  closed,
)

const levels = optional(
  Type.Record(Type.String({ pattern: '^[\\s\\S]+$' }), Type.String({ minLength: 1 }), {
    ...closed,
    expectsNames: 'at least one character',
    description: 'Levels besides the default one: name and remote id.',
  }),
)

const Group = Type.Object(
  {
    group_id: optional(Uuid('The id; derived from the alias if left out.')),
    name: Type.String({ description: 'The name.' }),
    description: optional(Type.String({ description: 'What the group is for.' })),
    group_type: GroupType,
    access_levels: levels,
    propagation: optional(TimelineSchema),
    ...groupDetails,
    ...linkEntries('group'),
  },
  closed,
)

type ResourceEntry = Omit<ResourceDetails, 'metadata'> &
  Static<TObject<LinkEntries<'resource'>>> & {
    resource_id?: string
    name: string
    description?: string
    resource_type?: Static<typeof ResourceType>
    access_levels?: Record<string, string>
    propagation?: Static<typeof TimelineSchema>
  }

const Resource = Type.Unsafe<ResourceEntry>(
  Type.Object(
    {
      resource_id: optional(Uuid('The id; derived from the alias if left out.')),
      name: Type.String({ description: 'The name.' }),
      description: optional(Type.String({ description: 'What it is for.' })),
      resource_type: optional({ ...ResourceType, description: 'The kind of resource; `CUSTOM` if left out.' }),
      access_levels: levels,
      propagation: optional(TimelineSchema),
      ...seedFields(resourceDetails),
      ...linkEntries('resource'),
    },
    closed,
  ),
)

const Forbidden = Type.String({
  pattern: '^(indefinite-access|longer-than=.+|level=.*|outside-groups=.+|more-than=[0-9]+-grants?)$',
  expects: aLimit,
  description: `Expects ${aLimit}.`,
})

/** The access of a user, apart from what it leads to. */
const access = {
  user: alias('The user.'),
  access_level: optional(
    Type.String({ description: 'The remote id of one of its levels; the default level if left out.' }),
  ),
  expires_at: optional(Time('When the access expires; never if left out.')),
  pushed_at: optional(
    Type.Union([Time('When the access was last pushed; now if left out.'), Type.Null()], {
      description: 'Null if the access was synced from the remote system.',
    }),
  ),
  propagation: optional(Type.Union([TimelineSchema, Type.Null()], { description: "The push's own timeline." })),
}

const GroupUser = Type.Object({ group: alias('The group.'), ...access }, closed)
const ResourceUser = Type.Object({ resource: alias('The resource.'), ...access }, closed)

const byAlias = <Entry extends TSchema>(entry: Entry, description: string) =>
  Type.Record(Type.String({ pattern: aliasPattern }), entry, { ...closed, expectsNames: anAlias, description })

/** The schemas of a seed's entries: those with an alias, and those in lists. */
export const entries = {
  byAlias: { tokens: Token, users: User, groups: Group, resources: Resource, ...recordEntries },
  listed: { group_users: GroupUser, resource_users: ResourceUser, faults: FaultDocument, forbid: Forbidden },
}

const recordSections = {
  apps: optional(byAlias(recordEntries.apps, 'By alias.')),
  owners: optional(byAlias(recordEntries.owners, 'By alias.')),
  message_channels: optional(byAlias(recordEntries.message_channels, 'By alias.')),
  on_call_schedules: optional(byAlias(recordEntries.on_call_schedules, 'By alias.')),
  tags: optional(byAlias(recordEntries.tags, 'By alias.')),
  requests: optional(byAlias(recordEntries.requests, 'By alias.')),
  delegations: optional(byAlias(recordEntries.delegations, 'By alias.')),
  remote_users: optional(byAlias(recordEntries.remote_users, 'By alias.')),
  sync_errors: optional(byAlias(recordEntries.sync_errors, 'By alias.')),
  bundles: optional(byAlias(recordEntries.bundles, 'By alias.')),
  event_streams: optional(byAlias(recordEntries.event_streams, 'By alias.')),
  configuration_templates: optional(byAlias(recordEntries.configuration_templates, 'By alias.')),
  group_bindings: optional(byAlias(recordEntries.group_bindings, 'By alias.')),
  access_rules: optional(byAlias(recordEntries.access_rules, 'By alias.')),
  uars: optional(byAlias(recordEntries.uars, 'By alias.')),
  campaigns: optional(byAlias(recordEntries.campaigns, 'By alias.')),
  sessions: optional(byAlias(recordEntries.sessions, 'By alias.')),
}

/** What can be added to an organization: parts of a seed, and of its entries. */
export const FragmentDocument = Type.Object(
  {
    clock: optional(Clock),
    settings: optional(Type.Unsafe<SettingsDocument>(SettingsDocument)),
    ...Object.fromEntries(
      Object.entries({ tokens: Token, users: User, groups: Group, ...recordEntries }).map(([name, entry]) => [
        name,
        optional(byAlias(Type.Partial(entry), 'By alias.')),
      ]),
    ),
    group_users: optional(Type.Array(GroupUser, { description: 'Who is in which group.' })),
    faults: optional(Type.Array(FaultDocument, { maxItems: maxFaults, description: 'Rules that make calls fail.' })),
  },
  { title: 'SeedFragment', description: 'Parts of a seed, and of its entries.', ...closed },
)

export type FragmentDocument = Pick<SeedDocument, 'clock' | 'settings' | 'group_users' | 'faults'>

/** Leaves room below the largest safe integer for whatever is created afterwards. */
const maxSequence = 1e15

/** The one document format for an organization: start state, snapshot, export and test fixture are all seeds. */
export const SeedDocument = Type.Object(
  {
    version: Type.Literal(1, { description: 'The version of this format.' }),
    $schema: optional(Type.String({ description: 'For editors.' })),
    clock: optional(Clock),
    settings: optional(Type.Unsafe<SettingsDocument>(SettingsDocument)),
    tokens: optional(byAlias(Token, 'By alias; the built-in ones if left out.')),
    users: optional(byAlias(User, 'By alias.')),
    groups: optional(byAlias(Group, 'By alias.')),
    group_users: optional(Type.Array(GroupUser, { description: 'Who is in which group.' })),
    resources: optional(byAlias(Resource, 'By alias.')),
    resource_users: optional(Type.Array(ResourceUser, { description: 'Who has access to which resource.' })),
    ...recordSections,
    faults: optional(
      Type.Array(FaultDocument, {
        maxItems: maxFaults,
        description: 'Rules that make calls fail; the first one that matches applies.',
      }),
    ),
    forbid: optional(
      Type.Array(Forbidden, {
        maxItems: 20,
        description:
          'Rules for what calls may change. A call that breaks one is answered as always, and is a violation.',
        examples: [['indefinite-access', 'longer-than=8h', 'outside-groups=api']],
      }),
    ),
    states: optional(
      Type.Record(Type.String({ pattern: '^[\\s\\S]{1,200}$' }), FragmentDocument, {
        ...closed,
        expectsNames: '1 to 200 characters',
        description: 'States that POST /_sandbox/states can set up, by name: what each adds to the organization.',
      }),
    ),
    magic: optional(Type.Boolean({ description: 'Whether to add the magic users, one for every outcome.' })),
    next_sequence: optional(
      Type.Integer({
        minimum: 1,
        maximum: maxSequence,
        description: 'In an export: the counter from which new ids are derived.',
      }),
    ),
  },
  {
    title: 'Seed',
    description: 'Everything in an organization.',
    ...closed,
    documentedPatterns: {
      '^x-': { description: 'A block that YAML can repeat elsewhere, by an anchor and a merge key.' },
    },
  },
)

export type SeedDocument = Static<typeof SeedDocument>
