import { Type } from '@sinclair/typebox'
import { recordFields } from './records.js'
import { Reference, Uuid } from './types.js'

const readOnly = { readOnly: true }
const { name, description, admin_owner_id, created_at, updated_at } = recordFields.bundle

export const Bundle = Type.Object(
  {
    bundle_id: Type.Optional({ ...Uuid('The bundle.'), ...readOnly }),
    name: Type.Optional(name),
    description,
    admin_owner_id,
    created_at: { ...created_at, ...readOnly },
    updated_at: { ...updated_at, ...readOnly },
    total_num_items: Type.Optional(Type.Integer({ description: 'How many groups and resources it has.', ...readOnly })),
    total_num_resources: Type.Optional(Type.Integer({ description: 'How many resources it has.', ...readOnly })),
    total_num_groups: Type.Optional(Type.Integer({ description: 'How many groups it has.', ...readOnly })),
  },
  { title: 'Bundle', description: 'Groups and resources that are requested together.' },
)

export const CreateBundleInfo = Type.Object(
  { name, description, admin_owner_id: Reference('owner', 'The owner who administers it.') },
  { title: 'CreateBundleInfo', description: 'A new bundle.' },
)
