import { Type, type Static } from '@sinclair/typebox'
import type { RateLimit } from '../domain/rate-limit.js'
import { defaultSettings, switches, type OrganizationSettings, type Switches } from '../domain/settings.js'
import type { Report } from './report.js'
import { readTimeline, TimelineSchema, writeTimeline } from './timeline.js'
import { Enum } from './types.js'

const closed = { additionalProperties: false }

const about: Record<keyof Switches, string> = {
  missing_group_user_on_update: 'What a PUT does if the user has no access to the group.',
  re_add: 'What a POST does if the user is already in the group.',
  negative_duration: 'What a negative duration does.',
  unknown_access_level: 'What happens to a level that the group does not have.',
  unknown_fields: 'What happens to fields and parameters that the API does not know.',
}

const switchSchemas = Object.fromEntries(
  Object.entries(switches).map(([name, values]) => [
    name,
    Type.Optional(Enum(values as readonly string[], { description: about[name as keyof Switches] })),
  ]),
)

export const SettingsDocument = Type.Object(
  {
    ...switchSchemas,
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
export type SettingsDocument = Partial<Switches> & {
  propagation?: Static<typeof TimelineSchema> | null
  rate_limit?: RateLimit
}

/** Reads the settings of a document. Those that it leaves out are as in `base`. */
export function readSettings(
  report: Report,
  path: string,
  { propagation, ...switches }: SettingsDocument,
  base: OrganizationSettings = defaultSettings,
): OrganizationSettings {
  return {
    ...base,
    ...switches,
    ...(propagation !== undefined && { propagation: readTimeline(report, `${path}.propagation`, propagation) }),
  }
}

export function writeSettings({ propagation, ...switches }: OrganizationSettings): SettingsDocument {
  return { ...switches, ...(propagation !== null && { propagation: writeTimeline(propagation) }) }
}
