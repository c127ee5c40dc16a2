import { Type, type Static } from '@sinclair/typebox'
import type { RateLimit } from '../domain/rate-limit.js'
import { defaultSettings, switches, type OrganizationSettings, type Switches } from '../domain/settings.js'
import type { Report } from './report.js'
import { readTimeline, TimelineSchema, writeTimeline } from './timeline.js'
import { Enum } from './types.js'

const closed = { additionalProperties: false }

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
    Type.Optional(Enum(values as readonly string[], { description: about[name as keyof Switches] })),
  ]),
)

export const SettingsDocument = Type.Object(
  {
    ...switchSchemas,
    propagation: Type.Optional(
      Type.Union([TimelineSchema, Type.Null()], {
        description: 'The timeline of pushes that have no other; null: none.',
      }),
    ),
    rate_limit: Type.Optional(
      Type.Union(
        [
          Type.Literal('off'),
          Type.Literal('documented'),
          Type.Object(
            {
              requests_per_second: Type.Number({ minimum: 0.001, description: 'Of all kinds.' }),
              group_writes_per_second: Type.Optional(
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
  propagation?: Static<typeof TimelineSchema> | null
  rate_limit?: RateLimit
}

/** Settings where those that the document leaves out are as in `base`. */
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
