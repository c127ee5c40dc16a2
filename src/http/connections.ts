import type { Server } from 'node:http'
import { clearInterval, clearTimeout, setInterval, setTimeout } from '../globals.js'

/** How long requests in flight may take once the server starts to close. */
const graceMs = 700

/**
 * A closing server ends the connections that are idle at that moment, and no others: it would wait forever for one on
 * which nothing was ever asked, or which its client keeps alive after an answer that was still in flight.
 */
export function endConnections(server: Server) {
  const idle = setInterval(() => server.closeIdleConnections(), 10).unref()
  const all = setTimeout(() => {
    clearInterval(idle)
    server.closeAllConnections()
  }, graceMs).unref()
  server.once('close', () => {
    clearInterval(idle)
    clearTimeout(all)
  })
}
