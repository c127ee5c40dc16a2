import { v5 } from 'uuid'

const namespace = '5e3f7b52-7d0a-5f0e-8f0c-3c1d4b5a6978'

/** The id of what is created: made from its place in the order of creation, so that the same calls give the same ids. */
export function createdId(noun: string, sequence: number): string {
  return v5(`${noun} ${sequence}`, namespace)
}
