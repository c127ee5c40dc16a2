/** The ids of the operations that are simulated. */
export const operationIds = [
  'update_group_user',
  'add_group_user',
  'delete_group_user',
  'get_group_users',
  'get_user_groups',
  'getGroups',
  'createGroup',
  'updateGroups',
  'getGroup',
  'delete_group',
  'getUsers',
  'user',
  'getTokens',
  'deleteToken',
] as const

export type OperationId = (typeof operationIds)[number]
