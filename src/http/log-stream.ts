import { constants, fstatSync, openSync, write, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { DestinationStream } from 'pino'
import { dateNow } from '../globals.js'

/** How many bytes may wait for a slow reader or disk before lines are dropped. */
const maxWaiting = 1024 * 1024

/** Writes log lines to a file descriptor without ever blocking a call. Lines beyond what may wait are dropped and counted. */
export function createLogStream(fd: number): DestinationStream {
  const stat = fstatSync(fd)
  if (stat.isFIFO() || stat.isSocket()) return createPipeStream(fd)
  return stat.isFile() ? createFileStream(fd) : createDeviceStream(fd)
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
  let waiting = ''
  let dropped = 0
  let isWriting = false

  function writeWaiting() {
    const lines = Buffer.from(waiting + (dropped > 0 ? describeDropped(dropped) : ''))
    waiting = ''
    dropped = 0
    isWriting = true
    writeAll(lines, () => {
      isWriting = false
      if (waiting !== '') writeWaiting()
    })
  }

  /** What does not fit a full disk is lost. */
  function writeAll(lines: Buffer, done: () => void) {
    write(fd, lines, (error, count) => {
      if (error || count === lines.length) done()
      else writeAll(lines.subarray(count), done)
    })
  }

  process.once('exit', () => tryWrite(fd, waiting))
  return {
    write(line) {
      if (waiting.length > maxWaiting) dropped++
      else waiting += line
      if (!isWriting) writeWaiting()
    },
  }
}

/** A terminal or /dev/null, which take what they get at once. */
function createDeviceStream(fd: number): DestinationStream {
  return { write: (line) => tryWrite(fd, line) }
}

function tryWrite(fd: number, text: string) {
  try {
    writeSync(fd, text)
  } catch {
    // There is nowhere to report it.
  }
}

function describeDropped(dropped: number): string {
  return `${JSON.stringify({ level: 40, time: dateNow(), msg: `dropped ${dropped} log lines: the reader is too slow` })}\n`
}
