import { Type } from '@sinclair/typebox'
import { Uuid } from '../../schemas/types.js'
import type { ListedUser } from '../../store/users.js'

const hrIdpStatuses = ['ACTIVE', 'SUSPENDED', 'DEPROVISIONED', 'DELETED', 'NOT_FOUND'] as const

export const User = Type.Object(
  {
    user_id: Uuid('The user.'),
    email: Type.String({ description: 'The email address.' }),
    full_name: Type.String({ description: 'The full name.' }),
    first_name: Type.String({ description: 'The first name.' }),
    last_name: Type.String({ description: 'The last name.' }),
    position: Type.String({ description: 'The position in the company.' }),
    manager_id: Type.Optional(Uuid("The user's manager.")),
    hr_idp_status: Type.Optional(
      Type.Unsafe<(typeof hrIdpStatuses)[number]>({
        title: 'UserHrIdpStatusEnum',
        type: 'string',
        enum: [...hrIdpStatuses],
        description: "The user's status in the identity provider.",
      }),
    ),
  },
  {
    title: 'User',
    description: 'A user.',
    additionalProperties: false,
    examples: [
      {
        user_id: '29827fb8-f2dd-4e80-9576-28e31e9934ac',
        email: 'jake@company.dev',
        full_name: 'Jake Barnes',
        first_name: 'Jake',
        last_name: 'Barnes',
        position: 'Engineer',
      },
    ],
  },
)

/** A user as the API shows it. */
export function showUser({ sequence, hr_idp_status, manager_id, ...user }: ListedUser) {
  return {
    ...user,
    ...(hr_idp_status !== null && { hr_idp_status: hr_idp_status as (typeof hrIdpStatuses)[number] }),
    ...(manager_id !== null && { manager_id }),
  }
}
