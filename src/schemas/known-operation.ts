import { operationIds } from '../domain/operations.js'
import { Enum } from './types.js'

export const KnownOperation = Enum(operationIds, {
  title: 'OperationId',
  description: 'An operation of the API.',
  expects: 'the id of an operation of the API, such as update_group_user',
})
