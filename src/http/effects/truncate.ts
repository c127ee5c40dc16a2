import type { Effect } from './effect.js'

/** Announces the whole response, sends the first half and cuts the connection. */
export const truncate: Effect = {
  describe: () => 'truncate',
  apply: ({ reply, answer }) => ({
    send() {
      const bytes = Buffer.from(answer)
      reply.raw.writeHead(reply.statusCode, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-length': Math.max(bytes.length, 1),
      })
      reply.raw.write(bytes.subarray(0, bytes.length / 2), () => reply.raw.destroy())
    },
  }),
}
