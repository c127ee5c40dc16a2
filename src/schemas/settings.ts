import { Type, type Static, type TSchema } from '@sinclair/typebox'
import type { RateLimit } from '../domain/rate-limit.js'
import { defaultSettings, switches, type OrganizationSettings, type Switches } from '../domain/settings.js'
import type { Report } from './report.js'
import { readTimeline, TimelineSchema, writeTimeline } from './timeline.js'
import { Enum } from './types.js'

const closed = { additionalProperties: false }

const about: Record<keyof Switches, string> = {
  missing_group_user_on_update: 'What a PUT does if the user has no access to the group or resource.',
  re_add: 'What a POST does if the user already has access.',
  negative_duration: 'What a negative duration does.',
  unknown_access_level: 'What happens to a level that the group or resource does not have.',
  owner_in_use: 'What deleting an owner does if something refers to it.',
  existing_tag: 'What creating a tag does if there is one with the same key and value.',
  requests: 'Who decides access requests that no auto approval covers: reviewers, or the sandbox at once.',
  unknown_fields: 'What happens to fields and parameters that the API does not know.',
  timestamps:
    'How many digits of a second the dates of the API have. `microseconds`: up to six, without trailing zeros, and none ' +
    'for a whole second. The schemas of the API describe the default of this setting and of the next three.',
  default_access_level:
    'How a group user at the default level shows it: with two empty fields, as null, or not at all.',
  propagation_of_synced: 'How `propagation_status` is shown for access found in the remote system.',
  error_body: "The body of errors under /v1. `opal_2024`: only `Message`, which Opal's Terraform provider read.",
}

/** Null without quotes is what people write in YAML. */
const nullable = ['default_access_level', 'propagation_of_synced'] as const
type NullableSwitch = (typeof nullable)[number]

const switchSchemas = Object.fromEntries(
  Object.entries(switches).map(([name, values]) => [
    name,
    Type.Optional(
      switchSchema(
        values,
        nullable.some((one) => one === name),
        about[name as keyof Switches],
      ),
    ),
  ]),
)

function switchSchema(values: readonly string[], isNullable: boolean, description: string): TSchema {
  if (!isNullable) return Enum(values, { description })
  return Type.Union([...values.map((value) => Type.Literal(value)), Type.Null()], { description })
}

export const SettingsDocument = Type.Object(
  {
    ...switchSchemas,
    max_duration_minutes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          "The longest duration that a PUT or a POST can name. By default it is the maximum of Opal's reference page; " +
          "Opal's newest document has 153722867.",
      }),
    ),
    propagation: Type.Optional(
      Type.Union([TimelineSchema, Type.Null()], {
        description: 'The timeline of pushes if neither the user nor the group has one; null for none.',
      }),
    ),
    rate_limit: Type.Optional(
      Type.Union(
        [
          Type.Literal('off'),
          Type.Literal('documented'),
          Type.Object(
            {
              requests_per_second: Type.Number({ minimum: 0.001, description: 'Requests of all kinds.' }),
              group_writes_per_second: Type.Optional(
                Type.Number({
                  minimum: 0.001,
                  description: 'Requests that create or change groups; the same rate as for all requests if left out.',
                }),
              ),
            },
            closed,
          ),
        ],
        { description: '`documented`: 100 requests per second, 50 for PUT and POST /v1/groups.' },
      ),
    ),
  },
  { ...closed, title: 'Settings', description: "What an organization does where Opal's documentation is silent." },
)

/** Settings in a document: any subset, and the timeline with durations as text. */
export type SettingsDocument = Partial<Omit<Switches, NullableSwitch>> & {
  [Name in NullableSwitch]?: Switches[Name] | null
} & {
  max_duration_minutes?: number
  propagation?: Static<typeof TimelineSchema> | null
  rate_limit?: RateLimit
}

/** Reads the settings of a document. Those that it leaves out are as in `base`. */
export function readSettings(
  report: Report,
  path: string,
  { propagation, default_access_level, propagation_of_synced, ...others }: SettingsDocument,
  base: OrganizationSettings = defaultSettings,
): OrganizationSettings {
  return {
    ...base,
    ...others,
    ...(default_access_level !== undefined && { default_access_level: default_access_level ?? 'null' }),
    ...(propagation_of_synced !== undefined && { propagation_of_synced: propagation_of_synced ?? 'null' }),
    ...(propagation !== undefined && { propagation: readTimeline(report, `${path}.propagation`, propagation) }),
  }
}

export function writeSettings({ propagation, forbid, ...others }: OrganizationSettings): SettingsDocument {
  return { ...others, ...(propagation !== null && { propagation: writeTimeline(propagation) }) }
}
