import { Type } from '@sinclair/typebox'

export const AccessLevelSchema = Type.Object(
  {
    access_level_name: Type.String({ description: 'The display name; empty for the default level.' }),
    access_level_remote_id: Type.String({
      description: "The level's id in the remote system; empty for the default level.",
    }),
  },
  { title: 'GroupAccessLevel', description: 'An access level of a group.', additionalProperties: false },
)

export const ResourceAccessLevelSchema = Type.Object(AccessLevelSchema.properties, {
  title: 'ResourceAccessLevel',
  description: 'An access level of a resource.',
  additionalProperties: false,
})
