import type { BehaviorId } from '../domain/behaviors.js'
import type { OrganizationSettings } from '../domain/settings.js'
import type { ApiAnswer, ApiCall } from './call.js'
import type { Survey } from './survey.js'

export type Level = 'read' | 'scratch'

/** A question about an API, with the answers that can be told apart. */
export interface Probe {
  name: string
  asks: string
  level: Level
  /** How many calls it makes at most. */
  calls: number
  /** What the API can turn out to do, each with the behaviors that it confirms. */
  readings: Readonly<Record<string, readonly BehaviorId[]>>
  /** The reading of a sandbox with these settings. */
  expects: (settings: OrganizationSettings) => string
  /** The setting that has the readings as its values. */
  setting?: keyof OrganizationSettings
  /** Throws NotAsPlanned or NotAsked if there is no answer to read. */
  run: (asking: Asking) => Reading | Promise<Reading>
}

export interface Reading {
  /** One of `readings`, or `unknown`. */
  reading: string
  /** What came, in words. */
  saw: string
}

/** What a probe can use. */
export interface Asking {
  call: ApiCall
  survey: Survey
  /** The group and the user that the run may write to. */
  scratch: Scratch
  /** All answers so far. */
  answers: readonly ApiAnswer[]
  /** Notes whether a relation holds between the values of answers. */
  holds: (relation: Relation, isTrue: boolean, problem: string) => void
}

export interface Scratch {
  group_id: string
  user_id: string
}

/** What must hold between values, whatever the settings are. */
export const relations = {
  expiration: 'access expires its duration after now, within two minutes',
  echo: 'an answer is about the group and the user of its call',
  full_page: 'a page is full while `next` is set',
  no_repeats: 'no item is on two pages',
  order: 'a list keeps its order',
  listed: 'a list has the access that was given, and not what was ended',
  inventory: 'after the run there are the same groups, and the same access of the scratch user, as before',
} as const

export type Relation = keyof typeof relations

/** The organization has nothing to ask this with. */
export class NotAsked extends Error {}
