/** The frozen clock of a test: the moment of the documentation's example. */
export const now = Date.parse('2022-01-23T03:56:07.000Z')

/** Ids of the built-in seed. */
export const ids = {
  apiGroup: '1b978423-db0a-4037-a4cf-f79c60cb67b3',
  oktaGroup: '0b000000-0000-4000-8000-000000000001',
  gitlabGroup: '0b000000-0000-4000-8000-000000000002',
  plainGroup: '0b000000-0000-4000-8000-000000000003',
  jake: '29827fb8-f2dd-4e80-9576-28e31e9934ac',
  brett: '7646aa9a-e2ee-4eb5-8c62-91f29038a373',
  ada: '0a000000-0000-4000-8000-000000000001',
  noor: '0a000000-0000-4000-8000-000000000002',
  unknown: 'ffffffff-ffff-4fff-8fff-ffffffffffff',
}

export const tokens = {
  fullAccess: 'opal_sandbox_full_access',
  readOnly: 'opal_sandbox_read_only',
  expired: 'opal_sandbox_expired',
  revoked: 'opal_sandbox_revoked',
}

export const levels = {
  admin: 'arn:aws:iam::590304332660:role/AdministratorAccess',
  readOnly: 'arn:aws:iam::590304332660:role/ReadOnlyAccess',
}
