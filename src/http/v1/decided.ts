import type { FastifyRequest } from 'fastify'
import { nothingDecided, type BehaviorId } from '../../domain/behaviors.js'

/** Adds a behavior to those that decide the answer. */
export function alsoDecides(request: FastifyRequest, id: BehaviorId) {
  const { described, decided = described?.decided ?? nothingDecided } = request
  request.decided = decided.plus(id)
}
