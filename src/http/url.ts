import type { FastifyRequest } from 'fastify'

export function isUnderV1({ url }: FastifyRequest): boolean {
  return /^\/v1(?:[/?]|$)/.test(url)
}

/** Normalizes a URL: no host, no doubled slashes, so that no spelling bypasses the guards of /v1. */
export function plainUrl(url: string): string {
  const [path = ''] = url.split('?', 1)
  return path.replace(/^https?:\/\/[^/]*/i, '').replaceAll(/\/{2,}/g, '/') + url.slice(path.length)
}
