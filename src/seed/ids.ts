import { v5 } from 'uuid'

const namespace = 'a3f1f9a0-6f0c-5a7e-9c5d-0d9b6a1f7c11'

/** The id of what a seed gives no id to: the same for the same alias, in every organization. */
export function deriveId(noun: 'user' | 'group' | 'token', alias: string): string {
  return v5(`${noun}:${alias}`, namespace)
}

/** The id of what a call creates: the same for the same place in the order of creation. */
export function createdId(noun: 'group', sequence: number): string {
  return v5(`${noun} ${sequence}`, namespace)
}
