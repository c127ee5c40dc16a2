import { constants, fstatSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { pino, type DestinationStream } from 'pino'
import { dateNow } from '../globals.js'

/** How many bytes may wait for a slow reader or disk before lines are dropped. */
const maxWaiting = 1024 * 1024

/** Writes log lines to a file descriptor without ever blocking a call. Lines beyond what may wait are dropped and counted. */
export function createLogStream(fd: number): DestinationStream {
  const stat = fstatSync(fd)
  if (stat.isFile()) return createFileStream(fd)
  // A terminal or /dev/null.
  if (!stat.isFIFO() && !stat.isSocket()) return pino.destination({ fd, sync: true })
  return createPipeStream(fd)
}

function createPipeStream(fd: number): DestinationStream {
  const socket = new Socket({ fd: reopen(fd), readable: false, writable: true })
  // Destroying would close standard error, and its number would go to the next file, such as the database.
  socket._destroy = (_error, done) => {
    done(null)
  }
  socket.on('error', () => undefined)
  socket.unref()
  let dropped = 0
  socket.on('drain', () => {
    if (dropped > 0) socket.write(describeDropped(dropped))
    dropped = 0
  })
  return {
    write(line) {
      if (socket.destroyed) return
      if (socket.writableLength > maxWaiting) dropped++
      else socket.write(line)
    },
  }
}

/** A pipe that is opened again has its own flags: it stays blocking for other processes that share it. */
function reopen(fd: number): number {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return fd
  }
}

function createFileStream(fd: number): DestinationStream {
  const file = pino.destination({ fd, sync: false, maxLength: maxWaiting })
  let dropped = 0
  file.on('drop', () => dropped++)
  file.on('drain', () => {
    if (dropped > 0) file.write(describeDropped(dropped))
    dropped = 0
  })
  process.once('exit', () => {
    try {
      file.flushSync()
    } catch {
      // A full disk: there is nowhere to report it.
    }
  })
  return file
}

function describeDropped(dropped: number): string {
  return `${JSON.stringify({ level: 40, time: dateNow(), msg: `dropped ${dropped} log lines: the reader is too slow` })}\n`
}
