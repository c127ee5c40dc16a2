import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { clearInterval, clearTimeout, setInterval, setTimeout } from '../globals.js'

/** How long requests in flight may take once the server starts to close. */
const graceMs = 700

/** Watches the connections of a server, to end them when it closes. */
export function watchConnections(server: Server) {
  /** The latest response on each open connection. */
  const responses = new Map<Socket, ServerResponse | undefined>()
  server.on('connection', (socket: Socket) => {
    responses.set(socket, undefined)
    socket.once('close', () => responses.delete(socket))
  })
  server.on('request', ({ socket }, response) => responses.set(socket, response))

  return {
    /**
     * To be called before the server closes. Ends the connections that are idle, and resolves once their clients have
     * noticed: a client that has not would send its next request to a server that is gone. A closing server by itself would
     * wait forever for a connection on which nothing was ever asked, or that becomes idle later.
     */
    async end() {
      const all = setTimeout(() => server.closeAllConnections(), graceMs).unref()
      const ends: Promise<void>[] = []
      for (const [socket, response] of responses) {
        if (response && !response.writableFinished && !response.destroyed) response.shouldKeepAlive = false
        else ends.push(endConnection(socket))
      }
      await Promise.all(ends)
      const idle = setInterval(() => server.closeIdleConnections(), 10).unref()
      server.once('close', () => {
        clearInterval(idle)
        clearTimeout(all)
      })
    },
  }
}

/** Resolves when the client has closed its side too. */
function endConnection(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
    socket.end()
    // Whatever was not read yet would hide the end.
    socket.resume()
  })
}
