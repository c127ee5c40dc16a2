import type { FastifyRequest } from 'fastify'

export function isUnderV1({ url }: FastifyRequest): boolean {
  return /^\/v1(?:[/?]|$)/.test(url)
}

/** One spelling for every path, without host and doubled slashes, so that none leads past the guards of /v1. */
export function plainUrl(url: string): string {
  if (!url.includes('//')) return url
  const [path = ''] = url.split('?', 1)
  return path.replace(/^https?:\/\/[^/]*/i, '').replaceAll(/\/{2,}/g, '/') + url.slice(path.length)
}
