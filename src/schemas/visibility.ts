import { Type, type Static } from '@sinclair/typebox'
import { VisibilityType } from './target.js'
import { References } from './types.js'

export const VisibilityInfoSchema = Type.Object(
  {
    visibility: VisibilityType,
    visibility_group_ids: Type.Optional(
      References('group', 'The groups whose members can see it if the visibility is `LIMITED`.'),
    ),
  },
  { title: 'VisibilityInfo', description: 'Who can see it.' },
)

export type VisibilityInfoSchema = Static<typeof VisibilityInfoSchema>
