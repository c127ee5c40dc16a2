import { v5 } from 'uuid'
import type { Noun } from '../domain/records.js'

const namespace = 'a3f1f9a0-6f0c-5a7e-9c5d-0d9b6a1f7c11'

/** Returns the id for an alias without an id in the seed: the same in every organization. */
export function deriveId(noun: Noun | 'token', alias: string): string {
  return v5(`${noun}:${alias}`, namespace)
}

/** Returns the id for something that a call creates: the same for the same sequence number. */
export function createdId(noun: Noun, sequence: number): string {
  return v5(`${noun} ${sequence}`, namespace)
}
