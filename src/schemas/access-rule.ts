import { Type } from '@sinclair/typebox'
import { Enum, Reference, Uuid } from './types.js'

const TagSelector = Type.Object(
  {
    key: Type.String({ description: 'The key of the tag.' }),
    value: Type.String({ description: 'Its value.' }),
    connection_id: Uuid('The app that the tag is from.'),
  },
  { title: 'TagSelector', description: 'Selects users with a tag.' },
)
const UserAttributeSelector = Type.Object(
  {
    attribute: Enum(['HR_IDP_STATUS'], { description: 'The attribute.' }),
    values: Type.Array(Type.String(), { description: 'One of these values.' }),
  },
  { title: 'UserAttributeSelector', description: 'Selects users by an attribute.' },
)
const RuleDisjunction = Type.Object(
  {
    selectors: Type.Array(TagSelector, { description: 'One of these must apply.' }),
    attribute_selectors: Type.Optional(Type.Array(UserAttributeSelector)),
  },
  { title: 'RuleDisjunction', description: 'Applies if one of its parts does.' },
)
const RuleConjunction = Type.Object(
  { clauses: Type.Array(RuleDisjunction, { minItems: 1, description: 'All of these must apply.' }) },
  { title: 'RuleConjunction', description: 'Applies if all of its parts do.' },
)
const RuleClauses = Type.Object(
  { when: RuleConjunction, unless: Type.Optional(RuleConjunction) },
  { title: 'RuleClauses', description: 'Whom the rule gives access.' },
)

export const ruleFields = {
  name: Type.String({ description: 'The name.' }),
  description: Type.String({ description: 'What it is for.' }),
  admin_owner_id: Reference('owner', 'The owner who administers it.'),
  status: Enum(['ACTIVE', 'PAUSED'], { description: 'Whether it applies.' }),
  ruleClauses: RuleClauses,
}

export const AccessRule = Type.Object(
  { access_rule_id: Uuid('The rule.'), ...ruleFields },
  {
    title: 'AccessRule',
    description: 'Gives access to users that it selects. Here, to none.',
    additionalProperties: false,
  },
)
export const UpdateAccessRuleInfo = Type.Object(ruleFields, {
  title: 'UpdateAccessRuleInfo',
  description: 'An access rule as it should be.',
})
