import { v5 } from 'uuid'
import type { Store } from '../store/index.js'

const namespace = 'a3f1f9a0-6f0c-5a7e-9c5d-0d9b6a1f7c11'

/** Returns the id for an alias without an id in the seed: the same in every organization. */
export function deriveId(noun: 'user' | 'group' | 'token', alias: string): string {
  return v5(`${noun}:${alias}`, namespace)
}

/**
 * Takes the sequence number and the id for something that a call creates: the same id for the same number. Skips numbers
 * whose id a seed has already given to another row.
 */
export function takeId(store: Store, organization_id: number, noun: 'user' | 'group'): [sequence: number, id: string] {
  for (;;) {
    const sequence = store.organizations.takeSequence(organization_id)
    const id = v5(`${noun} ${sequence}`, namespace)
    if (!store[`${noun}s`].exists(organization_id, id)) return [sequence, id]
  }
}
