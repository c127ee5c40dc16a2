import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { clearInterval, clearTimeout, setInterval, setTimeout } from '../globals.js'

/** How long requests in flight may take once the server starts to close. */
const graceMs = 700

interface Connection {
  latest: FastifyReply | undefined
}

/** Watches the connections of a server, to end them when it closes. */
export function watchConnections(server: Server) {
  const connections = new Map<Socket, Connection>()
  server.on('connection', (socket: Socket) => {
    connections.set(socket, { latest: undefined })
    socket.once('close', () => connections.delete(socket))
  })

  return {
    /** Must be called for each request. */
    begin(request: FastifyRequest, reply: FastifyReply) {
      const connection = connections.get(request.raw.socket)
      if (connection) connection.latest = reply
    },

    /** The response to the latest request on a connection. */
    latest: (socket: Socket): FastifyReply | undefined => connections.get(socket)?.latest,

    /**
     * To be called before the server closes. Ends the connections that are idle, and resolves once their clients have
     * noticed: a client that has not would send its next request to a server that is gone. A closing server by itself would
     * wait forever for a connection on which nothing was ever asked, or that becomes idle later.
     */
    async end() {
      const all = setTimeout(() => server.closeAllConnections(), graceMs).unref()
      const ends: Promise<void>[] = []
      for (const [socket, { latest }] of connections) {
        const response = latest?.raw
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

export type Connections = ReturnType<typeof watchConnections>
